"""What is found out, a line of JSON each."""

import contextlib
import gc
import json
import time

import torch

START = time.perf_counter()


def say(**result):
    result["at_seconds"] = time.perf_counter() - START
    print(json.dumps({k: float(f"{v:.5g}") if isinstance(v, float) else v for k, v in result.items()}), flush=True)


@contextlib.contextmanager
def skipping(device, **what):
    """What fails in here is a line of its own, and what follows still runs."""
    try:
        yield
    except Exception as reason:
        say(**what, skipped=f"{type(reason).__name__}: {reason}"[-500:])
    gc.collect()
    if device.startswith("cuda"):
        with contextlib.suppress(RuntimeError):  # of a device that is broken
            torch.cuda.empty_cache()
