"""Whether the program computes what it should, and whether it would on a GPU without waiting for the host."""

import json
import struct

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from program import BLOCK, MODES, PAGE, SHAPES, Block, Program, sequences_of
from results import say


class Watch(TorchDispatchMode):
    """Counts operators that compute, and fails where one gives a tensor of another device."""

    def __init__(self, device):
        super().__init__()
        self.device, self.operators = device, 0

    def __torch_dispatch__(self, operator, types, arguments=(), keywords=None):
        result = operator(*arguments, **(keywords or {}))
        tensors = [leaf for leaf in tree_leaves(result) if isinstance(leaf, torch.Tensor)]
        for tensor in tensors:
            if tensor.device.type != self.device:
                raise RuntimeError(f"{operator} gives a tensor on {tensor.device}, not {self.device}")
        if tensors and (not operator.is_view or tensors[0].dtype != arguments[0].dtype):
            self.operators += 1
        return result


def check_placement(archive, shape, mode):
    """Runs the program as on CUDA with tensors that have no numbers, which needs no GPU: fails where a tensor is on
    another device, or where the host would wait for a number."""
    def tensor(_, size):
        return torch.empty(size, dtype=torch.float32 if len(size) == 1 else mode.work, device="cuda")

    tokens = 2 * PAGE
    with FakeTensorMode():
        program = Program(archive, shape, mode, "cuda", 16, tensor)
        sequences = sequences_of([[5] * tokens] * 5, tokens)
        blocks = [Block(s, first, BLOCK) for s in sequences[:2] for first in range(0, tokens, BLOCK)]
        for sequence in sequences:
            sequence.computed = tokens - 1
        sharing = sequences[2:]
        for sequence in sharing:
            sequence.pages[0] = sharing[0].pages[0]
        for decodes, prefills in [([], blocks), (sharing, blocks), (sequences, [])]:
            inputs = program.layout(decodes, prefills)[1]
            with Watch("cuda") as watch, torch.inference_mode():
                program.script.step(*inputs)
    say(check="placement", device="cuda, with no numbers", layers=shape.layers,
        operators_of_a_decode_step=watch.operators, good=True)
    return True


def check(archive, folder, name, device):
    """Compares with logits that another implementation computed in float64: all prompts side by side, and copies of the
    longest that share its first page."""
    vectors = json.loads((folder / "expected.json").read_text())
    expected = vectors["files"]["model.safetensors"]
    cases = list(zip(vectors["prompts"], expected))
    longest = max(cases, key=lambda case: len(case[0]))
    steps = len(longest[1]["greedy"])
    sequences = sequences_of([prompt for prompt, _ in cases + [longest] * 4], len(longest[0]) + steps)
    alone, sharing = sequences[:len(cases)], sequences[len(cases):]
    mode = MODES[name]
    program = Program(archive, SHAPES["small"], mode, device, 1 + sequences[-1].pages[-1], stored_in(folder, device))
    good = compare(program, name, "alone", alone, cases, device)
    for sequence in sharing:
        sequence.pages[0], sequence.computed = alone[cases.index(longest)].pages[0], PAGE
    return compare(program, name, "shared page", sharing, [longest] * len(sharing), device) and good


def compare(program, name, tiles, sequences, cases, device):
    logits = program.prefill(sequences)
    program.decode(sequences, len(cases[0][1]["greedy"]) - 1)
    errors, same = [], 0
    for (prompt, expected), sequence, got in zip(cases, sequences, logits):
        want = torch.tensor(expected["last_logits"], dtype=torch.float64)
        errors.append(((got.cpu().double() - want).norm() / want.norm()).item())
        same += sequence.tokens[len(prompt):] == expected["greedy"]
    limit = MODES[name].worst_error
    good = max(errors) <= limit and (name != "float32" or same == len(errors))
    say(check=name, tiles=tiles, device=device, relative_error=max(errors), limit=limit,
        greedy_continuations_equal=f"{same} of {len(errors)}", good=good)
    return good


def stored_in(folder, device):
    """Gives the tensors of a safetensors file."""
    stored = (folder / "model.safetensors").read_bytes()
    start = 8 + struct.unpack("<Q", stored[:8])[0]
    header = json.loads(stored[8:start])

    def tensor(name, size):
        entry = header[name + ".weight"]
        assert entry["shape"] == size and entry["dtype"] == "BF16", (name, entry)
        first, last = entry["data_offsets"]
        raw = torch.frombuffer(bytearray(stored[start + first:start + last]), dtype=torch.bfloat16).reshape(size)
        return raw.to(device).float() if len(size) == 1 else raw.to(device)

    return tensor
