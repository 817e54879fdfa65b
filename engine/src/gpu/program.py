"""Reckon's model program in Python's torch, with what the engine does around it in Java: the layout of a step."""

import math
import pathlib
from dataclasses import dataclass, field

import torch

PAGE = 64  # tokens of a page of the cache
BLOCK = 16  # rows of a prefill block
CHUNK = 512  # most prefill tokens of a step
TOGETHER = 32  # most own tiles in one product, unless those of one k are more
TYPES = {torch.float32: 6, torch.bfloat16: 15}  # PyTorch's numbers for them


@dataclass(frozen=True)
class Mode:
    """How numbers are held, as the engine's WeightMode says, and the relative error that logits may have."""

    work: torch.dtype
    linear: torch.dtype
    held: int
    worst_error: float
    levels: int = 0


MODES = {
    "float32": Mode(torch.float32, torch.float32, 6, 1e-4),
    "bf16": Mode(torch.bfloat16, torch.bfloat16, 15, 4e-2),
    "int8": Mode(torch.bfloat16, torch.float32, 1, 4e-2, levels=127),
}
ON_GPU = ["float32", "bf16"]


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
        torch._C._set_graph_executor_optimize(False)  # as the engine does
        self.device = device
        self.script = torch.jit.load(str(archive))  # holds no tensors yet
        self.held = mode.held
        powers = torch.arange(0, shape.rope, 2, dtype=torch.float64, device=device) / shape.rope
        with torch.inference_mode():
            self.script.configure(
                heads=shape.heads, nope=shape.nope, rope=shape.rope, latent=shape.latent, work_type=TYPES[mode.work],
                linear_type=TYPES[mode.linear], levels=mode.levels, wide_sums=True, group=0,
                threads=torch.get_num_threads(), epsilon=shape.epsilon,
                score_scale=(shape.nope + shape.rope) ** -0.5, rotary_magnitude=1.0, frequencies=shape.theta ** -powers)
            self.take(tensor("model.embed_tokens", [shape.vocabulary, shape.hidden]), TYPES[mode.work])
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
        self.take(layer["self_attn.kv_b_proj"], TYPES[torch.float32])
        norms = ["input_layernorm", "self_attn.q_a_layernorm", "self_attn.kv_a_layernorm", "post_attention_layernorm"]
        self.script.add_layer([layer[name] for name in norms], linear)

    def linear(self, weight):
        self.take(weight, self.held)
        return self.script.keep()

    def take(self, weight, held):
        """Hands over a matrix, to be held as the program's `begin` says."""
        self.script.begin(*weight.shape, held)
        self.script.take(0, weight.shape[1], weight.contiguous().view(torch.int8).reshape(-1), TYPES[weight.dtype])

    def step(self, decodes, prefills):
        """Computes the newest token of some sequences, and blocks of others; gives the sequences whose last token was
        among them, the logits after it, and the likeliest next tokens."""
        sampled, inputs = self.layout(decodes, prefills)
        with torch.inference_mode():
            logits, _, ids, _ = self.script.step(*inputs)
        for sequence in decodes:
            sequence.computed += 1
        for block in prefills:
            block.sequence.computed = max(block.sequence.computed, block.first + block.count)
        return sampled, logits, ids[:, 0].tolist()

    def layout(self, decodes, prefills):
        """The sequences of such a step that are scored, and what the program's `step` takes."""
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
        return sampled, (
            self.long(tokens), self.long(positions), self.long(slots), *self.attention(decodes),
            *self.attention(prefills), self.long(sampling), torch.ones(len(sampling), device=self.device), 0)

    def attention(self, blocks):
        """The tiles that all blocks see together, and every block's own: all first ones before all second ones, with
        their pages, blocks and positions; how many blocks have more than k own tiles; how many k's are one product."""
        together = shared_tiles(blocks)
        widest = max((block.tiles for block in blocks), default=0)
        counts = [sum(block.tiles > k for block in blocks) for k in range(together, widest)]
        own = [(blocks[i].sequence.pages[together + k], i, (together + k) * PAGE)
               for k in range(len(counts)) for i in range(counts[k])]
        table = self.long(list(zip(*own)) or [[], [], []])
        shared = [len(blocks), together] + blocks[0].sequence.pages[:together] if together else []
        return [table, self.long(range(len(blocks) if together else 0))], counts, products(counts), shared

    def long(self, numbers):
        return torch.tensor(list(numbers), dtype=torch.int64, device=self.device)

    def prefill(self, sequences):
        """Computes what is left of sequences in chunks and gives the logits after each one's last token."""
        blocks = [Block(s, first, min(BLOCK, len(s.tokens) - first))
                  for s in sequences for first in range(s.computed, len(s.tokens), BLOCK)]
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


def modes_on(device):
    """The modes that run there; int8 in its full range is for CPUs with VNNI."""
    vnni = device == "cpu" and "avx512_vnni" in pathlib.Path("/proc/cpuinfo").read_text()
    return list(MODES) if vnni else ON_GPU


def halves(weight, heads, rotary):
    """The last rows of each head are rotary, in pairs (2i, 2i + 1): the first of all pairs before the second of all."""
    by_head = weight.reshape(heads, -1, weight.shape[1])
    plain, pairs = by_head.split([by_head.shape[1] - rotary, rotary], 1)
    return torch.cat([plain, *pairs.unflatten(1, [-1, 2]).unbind(2)], 1).reshape(weight.shape)


def largest_first(blocks):
    return sorted(blocks, key=lambda block: -block.tiles)


def shared_tiles(blocks):
    """How many first tiles all blocks see as a whole, on the same pages."""
    tiles = 0
    while len(blocks) > 1 and all(block.first >= (tiles + 1) * PAGE and block.sequence.pages[tiles]
                                  == blocks[0].sequence.pages[tiles] for block in blocks):
        tiles += 1
    return tiles


def products(counts):
    """Groups of as many k's as have no more than so many tiles together, of one at least."""
    groups, tiles = [], math.inf
    for count in counts:
        if tiles + count > TOGETHER:
            groups, tiles = groups + [0], 0
        groups[-1] += 1
        tiles += count
    return groups


def sequences_of(prompts, tokens):
    """Sequences with pages for so many tokens each, none shared; page 0 is scratch."""
    pages = -(-tokens // PAGE)
    return [Sequence(list(prompt), list(range(1 + i * pages, 1 + (i + 1) * pages))) for i, prompt in enumerate(prompts)]
