"""Loads Reckon's model program in Python's torch, checks it, and measures how fast it decodes there.

The program is the one that the engine runs. What the engine does around it in Java, the layout of a step, is done here
in a few lines, for sequences that share no pages. Prints a line of JSON for every result; docs/gpu.md explains them.
"""

import argparse
import gc
import json
import math
import pathlib
import random
import struct
import time
from dataclasses import dataclass, field

import torch

PAGE = 64  # tokens of a page of the cache
BLOCK = 16  # rows of a prefill block
CHUNK = 512  # most prefill tokens of a step
TYPES = {"float32": (torch.float32, 6), "bf16": (torch.bfloat16, 15)}  # with PyTorch's numbers for them
WORST_ERROR = {"float32": 1e-4, "bf16": 4e-2}  # of logits, relative


@dataclass(frozen=True)
class Shape:
    layers: int
    hidden: int
    heads: int
    query_rank: int
    latent: int
    nope: int
    rope: int
    value: int
    inner: int
    vocabulary: int
    epsilon: float = 1e-6
    theta: float = 10000.0

    def layer(self):
        """A layer's tensors."""
        return {
            "input_layernorm": [self.hidden],
            "self_attn.q_a_proj": [self.query_rank, self.hidden],
            "self_attn.q_a_layernorm": [self.query_rank],
            "self_attn.q_b_proj": [self.heads * (self.nope + self.rope), self.query_rank],
            "self_attn.kv_a_proj_with_mqa": [self.latent + self.rope, self.hidden],
            "self_attn.kv_a_layernorm": [self.latent],
            "self_attn.kv_b_proj": [self.heads * (self.nope + self.value), self.latent],
            "self_attn.o_proj": [self.hidden, self.heads * self.value],
            "post_attention_layernorm": [self.hidden],
            "mlp.gate_proj": [self.inner, self.hidden],
            "mlp.up_proj": [self.inner, self.hidden],
            "mlp.down_proj": [self.hidden, self.inner],
        }

    def numbers_read(self, requests, tokens):
        """What a step that decodes must read: all weights but the embedding, and the latents of so many tokens."""
        weights = self.layers * sum(math.prod(size) for size in self.layer().values()) + self.vocabulary * self.hidden
        return weights + requests * tokens * self.layers * (self.latent + self.rope)


SHAPES = {
    "small": Shape(3, 256, 8, 256, 256, 32, 16, 32, 512, 512),
    "r2": Shape(64, 5120, 40, 1536, 512, 128, 64, 128, 27648, 129280),
}


@dataclass(eq=False)
class Sequence:
    tokens: list
    pages: list  # of the cache, in order
    computed: int = 0

    def pending(self):
        return len(self.tokens) - self.computed


@dataclass
class Block:
    """Rows of a sequence that attend together: `count` tokens from position `first` on."""

    sequence: Sequence
    first: int
    count: int
    tiles: int = field(init=False)

    def __post_init__(self):
        self.tiles = (self.first + self.count - 1) // PAGE + 1


class Program:
    """The program on a device, with the weights that `tensor(name, size)` gives, and a cache of so many pages."""

    def __init__(self, archive, shape, mode, device, pages, tensor):
        stand_in_for_missing_operators()
        torch._C._set_graph_executor_optimize(False)  # as the engine does
        self.device = device
        self.script = torch.jit.load(str(archive), map_location=device)
        number = self.number = TYPES[mode][1]
        powers = torch.arange(0, shape.rope, 2, dtype=torch.float64, device=device) / shape.rope
        scales = [shape.epsilon, (shape.nope + shape.rope) ** -0.5, 1.0]
        with torch.inference_mode():
            self.script.configure([shape.heads, shape.nope, shape.rope, shape.latent], [number, number, 0, 0],
                                  torch.get_num_threads(), scales, shape.theta ** -powers)
            self.take(tensor("model.embed_tokens", [shape.vocabulary, shape.hidden]), number)
            self.script.keep_embedding()
            norm = tensor("model.norm", [shape.hidden])
            self.script.set_ends(norm, self.linear(tensor("lm_head", [shape.vocabulary, shape.hidden])))
            for layer in range(shape.layers):
                self.load_layer(shape, {name: tensor(f"model.layers.{layer}.{name}", size)
                                        for name, size in shape.layer().items()})
            self.script.allocate(pages, PAGE, (pages - 1) * PAGE)

    def load_layer(self, shape, layer):
        latent = halves(layer["self_attn.kv_a_proj_with_mqa"], 1, shape.rope)
        query = halves(layer["self_attn.q_b_proj"], shape.heads, shape.rope)
        linear = [self.linear(weight) for weight in [
            torch.cat([layer["self_attn.q_a_proj"], latent]), query, layer["self_attn.o_proj"],
            torch.cat([layer["mlp.gate_proj"], layer["mlp.up_proj"]]), layer["mlp.down_proj"]]]
        self.take(layer["self_attn.kv_b_proj"], TYPES["float32"][1])
        norms = ["input_layernorm", "self_attn.q_a_layernorm", "self_attn.kv_a_layernorm", "post_attention_layernorm"]
        self.script.add_layer([layer[name] for name in norms], linear)

    def linear(self, weight):
        self.take(weight, self.number)
        return self.script.keep()

    def take(self, weight, number):
        """Hands over a matrix, to be held as plain numbers of the type of that number."""
        stored = next(stored for kind, stored in TYPES.values() if kind == weight.dtype)
        self.script.begin(*weight.shape, number)
        self.script.take(0, weight.shape[1], weight.contiguous().view(torch.int8).reshape(-1), stored)

    def step(self, decodes, prefills):
        """Computes the newest token of some sequences, and blocks of others; gives the sequences whose last token was
        among them, the logits after it, and the likeliest next tokens."""
        decodes = largest_first([Block(s, s.computed, 1) for s in decodes])
        prefills = largest_first(prefills)
        tokens, positions, slots, sampling, sampled = [], [], [], [], []
        for block, width in [(b, 1) for b in decodes] + [(b, BLOCK) for b in prefills]:
            sequence, places = block.sequence, range(block.first, block.first + block.count)
            if places.stop == len(sequence.tokens):
                sampling.append(len(tokens) + block.count - 1)
                sampled.append(sequence)
            padding = [0] * (width - block.count)
            tokens += sequence.tokens[places.start:places.stop] + padding
            slots += [sequence.pages[p // PAGE] * PAGE + p % PAGE for p in places] + padding
            positions += range(block.first, block.first + width)
        with torch.inference_mode():
            logits, _, ids = self.script.step(
                self.long(tokens), self.long(positions), self.long(slots), *self.attention(decodes),
                *self.attention(prefills), self.long(sampling), torch.ones(len(sampling), device=self.device), 0)
        for block in decodes + prefills:
            block.sequence.computed = max(block.sequence.computed, block.first + block.count)
        return sampled, logits, ids[:, 0].tolist()

    def attention(self, blocks):
        """Every block's tiles, all first ones before all second ones: pages, blocks, positions; how many blocks have more
        than k tiles; all k's one by one; and no tiles that are shared."""
        widest = max((block.tiles for block in blocks), default=0)
        counts = [sum(block.tiles > k for block in blocks) for k in range(widest)]
        own = [(blocks[i].sequence.pages[k], i, k * PAGE) for k in range(widest) for i in range(counts[k])]
        table = self.long(own).reshape(-1, 3).T.contiguous()
        return [table, self.long([])], counts, [1] * widest, []

    def long(self, numbers):
        return torch.tensor(numbers, dtype=torch.int64, device=self.device)

    def prefill(self, sequences):
        """Computes whole sequences in chunks and gives the logits after each one's last token."""
        blocks = [Block(s, first, min(BLOCK, len(s.tokens) - first))
                  for s in sequences for first in range(0, len(s.tokens), BLOCK)]
        last = {}
        for at in range(0, len(blocks), CHUNK // BLOCK):
            sampled, logits, ids = self.step([], blocks[at:at + CHUNK // BLOCK])
            for row, sequence in enumerate(sampled):
                last[sequence] = logits[row]
                sequence.tokens.append(ids[row])
        return [last[sequence] for sequence in sequences]

    def decode(self, sequences, steps):
        for _ in range(steps):
            sampled, _, ids = self.step(sequences, [])
            for sequence, token in zip(sampled, ids):
                sequence.tokens.append(token)


def halves(weight, heads, rotary):
    """The last rows of each head are rotary, in pairs (2i, 2i + 1): the first of all pairs before the second of all."""
    by_head = weight.reshape(heads, -1, weight.shape[1])
    plain = by_head.shape[1] - rotary
    return torch.cat([by_head[:, :plain], by_head[:, plain::2], by_head[:, plain + 1::2]], 1).reshape(weight.shape)


def largest_first(blocks):
    return sorted(blocks, key=lambda block: -block.tiles)


def sequences_of(prompts, tokens):
    """Sequences with pages for so many tokens each, none shared; page 0 is scratch."""
    pages = -(-tokens // PAGE)
    return [Sequence(list(prompt), list(range(1 + i * pages, 1 + (i + 1) * pages))) for i, prompt in enumerate(prompts)]


def stand_in_for_missing_operators():
    """A torch that can't multiply 8-bit numbers this way can load the program nonetheless; no mode used here does."""
    libraries = stand_in_for_missing_operators.__dict__.setdefault("libraries", [])
    if not libraries and not hasattr(torch.ops.onednn, "qlinear_pointwise"):
        library = torch.library.Library("onednn", "DEF")
        library.define("qlinear_prepack(Tensor weight, int[]? x_shape) -> Tensor")
        library.define(
            "qlinear_pointwise(Tensor qx, float x_scale, int x_zero_point, Tensor qw, Tensor w_scale, Tensor w_zero_point,"
            " Tensor? bias, float output_scale, int output_zero_point, ScalarType? output_dtype, str post_op_name,"
            " Scalar?[] post_op_args, str post_op_algorithm) -> Tensor")
        libraries.append(library)


def check(archive, folder, mode, device):
    """Compares with logits that another implementation computed in float64."""
    vectors = json.loads((folder / "expected.json").read_text())
    stored = (folder / "model.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", stored[:8])[0]
    header = json.loads(stored[8:start])

    def tensor(name, size):
        entry = header[name + ".weight"]
        assert entry["shape"] == size and entry["dtype"] == "BF16", (name, entry)
        first, last = entry["data_offsets"]
        raw = torch.frombuffer(bytearray(stored[start + first:start + last]), dtype=torch.bfloat16).reshape(size)
        return raw.to(device).float() if len(size) == 1 else raw.to(device)

    expectations = vectors["files"]["model.safetensors"]
    steps = len(expectations[0]["greedy"])
    longest = max(len(prompt) for prompt in vectors["prompts"]) + steps
    sequences = sequences_of(vectors["prompts"], longest)
    pages = 1 + sum(len(sequence.pages) for sequence in sequences)
    program = Program(archive, SHAPES["small"], mode, device, pages, tensor)
    logits = program.prefill(sequences)
    program.decode(sequences, steps - 1)
    errors, same = [], 0
    for prompt, expected, sequence, got in zip(vectors["prompts"], expectations, sequences, logits):
        want = torch.tensor(expected["last_logits"], dtype=torch.float64)
        errors.append(((got.cpu().double() - want).norm() / want.norm()).item())
        same += sequence.tokens[len(prompt):] == expected["greedy"]
    good = max(errors) <= WORST_ERROR[mode] and (mode != "float32" or same == len(errors))
    say(check=mode, device=device, relative_error=max(errors), limit=WORST_ERROR[mode],
        greedy_continuations_equal=f"{same} of {len(errors)}", good=good)
    return good


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


def measure(archive, shape, mode, device, options):
    """Decode tokens a second of random weights, for each number of requests."""
    kind = TYPES[mode][0]

    def tensor(_, size):
        if len(size) == 1:
            return torch.ones(size, device=device)
        return torch.randn(size, dtype=kind, device=device) / math.sqrt(size[1])

    bandwidth = copy_bandwidth(device)
    say(copy_gigabytes_per_second=bandwidth / 1e9, device=device)
    tokens = options.prompt_tokens + options.warm_up + options.new_tokens + 1
    pages = 1 + max(options.sequences) * -(-tokens // PAGE)
    program = Program(archive, shape, mode, device, pages, tensor)
    rates = {}
    for requests in options.sequences:
        sequences = sequences_of(prompts(requests, shape, options), tokens)
        prefill = timed(device, lambda: program.prefill(sequences))
        program.decode(sequences, options.warm_up)
        seconds = timed(device, lambda: program.decode(sequences, options.new_tokens)) / options.new_tokens
        seen = options.prompt_tokens + options.warm_up + options.new_tokens // 2
        read = shape.numbers_read(requests, seen) * kind_bytes(mode)
        rates[requests] = requests / seconds
        say(engine="reckon", requests=requests, decode_tokens_per_second=rates[requests],
            step_milliseconds=1000 * seconds, share_of_copy_bandwidth=read / seconds / bandwidth,
            prefill_tokens_per_second=requests * options.prompt_tokens / prefill)
    return rates


def kind_bytes(mode):
    return torch.empty(0, dtype=TYPES[mode][0]).element_size()


def prompts(requests, shape, options):
    random.seed(1)
    return [random.choices(range(3, shape.vocabulary), k=options.prompt_tokens) for _ in range(requests)]


def measure_transformers(shape, mode, device, options, rates):
    """The same with a transformers model of the same shape, one batch of equal lengths."""
    try:
        from transformers import AutoModelForCausalLM, DeepseekV3Config
    except ImportError as missing:
        say(engine="transformers", skipped=str(missing))
        return
    config = DeepseekV3Config(
        num_hidden_layers=shape.layers, first_k_dense_replace=shape.layers, hidden_size=shape.hidden,
        num_attention_heads=shape.heads, num_key_value_heads=shape.heads, q_lora_rank=shape.query_rank,
        kv_lora_rank=shape.latent, qk_nope_head_dim=shape.nope, qk_rope_head_dim=shape.rope, v_head_dim=shape.value,
        intermediate_size=shape.inner, vocab_size=shape.vocabulary, eos_token_id=None, pad_token_id=0)
    with torch.device(device):
        model = AutoModelForCausalLM.from_config(config, torch_dtype=TYPES[mode][0]).eval()
    for requests in options.sequences:
        batch = torch.tensor(prompts(requests, shape, options), device=device)
        try:
            generate(model, batch, options.warm_up)
            prefill = timed(device, lambda: generate(model, batch, 1))
            total = timed(device, lambda: generate(model, batch, 1 + options.new_tokens))
        except torch.cuda.OutOfMemoryError:
            torch.cuda.empty_cache()
            say(engine="transformers", requests=requests, skipped="out of memory")
            continue
        rate = requests * options.new_tokens / (total - prefill)
        say(engine="transformers", requests=requests, decode_tokens_per_second=rate,
            ratio=rates[requests] / rate)


def generate(model, batch, tokens):
    with torch.inference_mode():
        model.generate(batch, attention_mask=torch.ones_like(batch), do_sample=False, min_new_tokens=tokens,
                       max_new_tokens=tokens)


def say(**result):
    print(json.dumps({k: float(f"{v:.5g}") if isinstance(v, float) else v for k, v in result.items()}), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description="Checks Reckon's model program in Python's torch, and measures it.")
    cuda = torch.cuda.is_available()
    parser.add_argument("--archive", type=pathlib.Path, required=True, help="what `reckon archive` has written")
    parser.add_argument("--vectors", type=pathlib.Path, required=True, help="folder of the model with expected logits")
    parser.add_argument("--device", default="cuda" if cuda else "cpu", help="default: %(default)s")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="r2" if cuda else "small",
                        help="what is measured; r2 needs 70 GB (default: %(default)s)")
    parser.add_argument("--mode", choices=sorted(TYPES), default="bf16", help="default: %(default)s")
    parser.add_argument("--sequences", type=lambda text: [int(n) for n in text.split(",")], default=[1, 16, 64, 128],
                        help="numbers of requests, default: 1,16,64,128")
    parser.add_argument("--prompt-tokens", type=int, default=64)
    parser.add_argument("--new-tokens", type=int, default=64)
    parser.add_argument("--warm-up", type=int, default=8, help="decode steps before the clock starts")
    return parser.parse_args()


def main():
    options = arguments()
    say(torch=torch.__version__, cuda=torch.version.cuda, threads=torch.get_num_threads(),
        gpu=torch.cuda.get_device_name(options.device) if options.device.startswith("cuda") else None,
        shape=options.shape, mode=options.mode)
    good = all([check(options.archive, options.vectors, mode, options.device) for mode in TYPES])
    if not good:
        raise SystemExit("the program's logits differ from the expected ones; nothing was measured")
    rates = measure(options.archive, SHAPES[options.shape], options.mode, options.device, options)
    gc.collect()
    if options.device.startswith("cuda"):
        torch.cuda.empty_cache()
    measure_transformers(SHAPES[options.shape], options.mode, options.device, options, rates)


if __name__ == "__main__":
    main()
