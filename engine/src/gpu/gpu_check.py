"""Loads Reckon's model program in Python's torch, checks it, and measures how fast it decodes there.

The program is the one that the engine runs. What the engine does around it in Java, the layout of a step, is done here
in a few lines. Prints a line of JSON for every result as soon as it is there; docs/gpu.md explains them.
"""

import argparse
import pathlib

import torch

from checks import check, check_placement
from measures import measure, measure_transformers
from program import MODES, ON_GPU, SHAPES, modes_on
from results import say, skipping


def arguments():
    parser = argparse.ArgumentParser(description="Checks Reckon's model program in Python's torch, and measures it.")
    cuda = torch.cuda.is_available()
    parser.add_argument("--archive", type=pathlib.Path, required=True, help="what `reckon archive` has written")
    parser.add_argument("--vectors", type=pathlib.Path, required=True, help="folder of the model with expected logits")
    parser.add_argument("--device", default="cuda" if cuda else "cpu", help="default: %(default)s")
    parser.add_argument("--shape", choices=sorted(SHAPES), default="r2" if cuda else "small",
                        help="what is measured; r2 needs 70 GB (default: %(default)s)")
    parser.add_argument("--mode", choices=ON_GPU, default="bf16", help="default: %(default)s")
    parser.add_argument("--requests", type=lambda text: [int(n) for n in text.split(",")], default=[1, 16, 64, 128],
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
    device, shape, mode = options.device, SHAPES[options.shape], MODES[options.mode]
    if not passes(options, device):
        raise SystemExit("a check failed; nothing was measured")
    rates = {}
    with skipping(device, engine="reckon"):
        measure(options.archive, shape, mode, device, options, rates)
    with skipping(device, engine="transformers"):
        measure_transformers(shape, mode, device, options, rates)
    if not rates:
        raise SystemExit("nothing could be measured")


def passes(options, device):
    """Whether all checks pass that can be made on the device."""
    checks = {name: lambda name=name: check(options.archive, options.vectors, name, device)
              for name in modes_on(device)}
    if device == "cpu":
        checks["placement"] = lambda: check_placement(options.archive, SHAPES["r2"], MODES["bf16"])
    good = []
    for name, passed in checks.items():
        with skipping(device, check=name):
            good.append(passed())
    return len(good) == len(checks) and all(good)


if __name__ == "__main__":
    main()
