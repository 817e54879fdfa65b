"""How fast the program decodes, how fast it could, and how fast transformers does."""

import math
import random
import time

import torch

from program import PAGE, Program, sequences_of
from results import say, skipping


def copy_bandwidth(device):
    """Bytes a second that a large copy reads and writes, the best of ten."""
    numbers = torch.empty((2 << 30) if device.startswith("cuda") else (64 << 20), dtype=torch.int8, device=device)
    target = torch.empty_like(numbers)
    return max(2 * numbers.numel() / timed(device, lambda: target.copy_(numbers)) for _ in range(10))


def timed(device, work):
    synchronize(device)
    start = time.perf_counter()
    work()
    synchronize(device)
    return time.perf_counter() - start


def synchronize(device):
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)


def measure(archive, shape, mode, device, options, rates):
    """Decode tokens a second of random weights, for each number of requests, and what CUDA graphs would bring."""
    def tensor(_, size):
        if len(size) == 1:
            return torch.ones(size, device=device)
        return torch.randn(size, dtype=mode.work, device=device).div_(math.sqrt(size[1]))

    bandwidth = copy_bandwidth(device)
    say(copy_gigabytes_per_second=bandwidth / 1e9, device=device)
    tokens = options.prompt_tokens + options.warm_up + options.new_tokens + 1
    pages = 1 + max(options.requests) * -(-tokens // PAGE)
    program = Program(archive, shape, mode, device, pages, tensor)
    say(weight_gigabytes=program.script.weight_bytes() / 1e9, cache_pages=pages, **gpu_memory(device))
    decoded = {requests: sequences_of(prompts(requests, shape, options), tokens) for requests in options.requests}
    for requests, sequences in decoded.items():
        with skipping(device, engine="reckon", requests=requests):
            prefill, step = measure_decode(program, sequences, device, options)
            rates[requests] = requests / step
            seen = options.prompt_tokens + options.warm_up + options.new_tokens // 2
            least = shape.numbers_read(requests, seen) * mode.work.itemsize / bandwidth
            say(engine="reckon", requests=requests, decode_tokens_per_second=rates[requests],
                step_milliseconds=1000 * step, share_of_copy_bandwidth=least / step,
                prefill_tokens_per_second=requests * options.prompt_tokens / prefill, **gpu_memory(device))
    if device.startswith("cuda"):
        for requests in rates:  # last: a capture that fails may leave the device unusable
            with skipping(device, engine="reckon, CUDA graph", requests=requests):
                measure_graph(program, decoded[requests], device, options)


def measure_decode(program, sequences, device, options):
    """Seconds that the prefill takes, and a decode step."""
    prefill = timed(device, lambda: program.prefill(sequences))
    program.decode(sequences, options.warm_up)
    return prefill, timed(device, lambda: program.decode(sequences, options.new_tokens)) / options.new_tokens


def measure_graph(program, sequences, device, options):
    """One step again and again: called as the engine does, and replayed from a graph, one launch for all operators."""
    inputs = program.layout(sequences, [])[1]

    def called():
        with torch.inference_mode():
            return program.script.step(*inputs)

    synchronize(device)
    stream = torch.cuda.Stream(device)
    with torch.cuda.stream(stream):
        called()  # libraries set themselves up at their first call
    synchronize(device)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph, stream=stream):
        captured = called()
    graph.replay()
    equal = torch.equal(captured[2], called()[2])

    def repeat(step):
        for _ in range(options.new_tokens):
            step()[2].tolist()

    def replayed():
        graph.replay()
        return captured

    step = timed(device, lambda: repeat(called)) / options.new_tokens
    replay = timed(device, lambda: repeat(replayed)) / options.new_tokens
    say(engine="reckon, CUDA graph", requests=len(sequences), decode_tokens_per_second=len(sequences) / replay,
        step_milliseconds=1000 * replay, without_graph_milliseconds=1000 * step, same_tokens=equal)


def gpu_memory(device):
    """The most that tensors took until now."""
    return {"peak_gigabytes": torch.cuda.max_memory_allocated(device) / 1e9} if device.startswith("cuda") else {}


def prompts(requests, shape, options):
    random.seed(1)
    return [random.choices(range(3, shape.vocabulary), k=options.prompt_tokens) for _ in range(requests)]


def measure_transformers(shape, mode, device, options, rates):
    """The same with a transformers model of the same shape, one batch of equal lengths."""
    from transformers import AutoModelForCausalLM, DeepseekV3Config

    config = DeepseekV3Config(
        num_hidden_layers=shape.layers, first_k_dense_replace=shape.layers, hidden_size=shape.hidden,
        num_attention_heads=shape.heads, num_key_value_heads=shape.heads, q_lora_rank=shape.query_rank,
        kv_lora_rank=shape.latent, qk_nope_head_dim=shape.nope, qk_rope_head_dim=shape.rope, v_head_dim=shape.value,
        intermediate_size=shape.inner, vocab_size=shape.vocabulary, eos_token_id=None, pad_token_id=0)
    torch.set_default_dtype(mode.work)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config).eval()
    torch.set_default_dtype(torch.float32)
    for requests in options.requests:
        with skipping(device, engine="transformers", requests=requests):
            batch = torch.tensor(prompts(requests, shape, options), device=device)
            generate(model, batch, options.warm_up)
            prefill = timed(device, lambda: generate(model, batch, 1))
            total = timed(device, lambda: generate(model, batch, 1 + options.new_tokens))
            rate = requests * options.new_tokens / (total - prefill)
            say(engine="transformers", requests=requests, decode_tokens_per_second=rate,
                ratio=rates[requests] / rate if requests in rates else None)


def generate(model, batch, tokens):
    with torch.inference_mode():
        model.generate(batch, attention_mask=torch.ones_like(batch), do_sample=False, min_new_tokens=tokens,
                       max_new_tokens=tokens)
