#!/usr/bin/env python3
"""The losses of a few steps of gradient descent in PyTorch, float32 on the processor, with accumulated gradients.

  torch_losses.py FOLDER    FOLDER holds network.json and values.f32, which bench/memory.bench.ts writes

Prints one line of JSON: the mean loss of each step, and the largest resident memory of the process in MiB. Made for
torch==2.15.0.
"""

import json
import resource
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "gpu"))
from torch_step import Network, cross_entropy  # noqa: E402
import torch  # noqa: E402


def main(folder):
    given = json.loads((folder / "network.json").read_text())
    values = torch.frombuffer(bytearray((folder / "values.f32").read_bytes()), dtype=torch.float32)
    at = 0

    def take(shape):
        nonlocal at
        size = torch.Size(shape).numel()
        taken = values[at : at + size].reshape(shape)
        at += size
        return taken

    network = Network(given["network"]).train()
    named = {layer["name"]: module for layer, module in zip(network.plan, network.built)}
    with torch.no_grad():
        for name, shapes in given["weights"].items():
            for (parameter, order), shape in zip(named[name].tensors(), shapes, strict=True):
                back = sorted(range(len(order)), key=order.__getitem__)
                parameter.copy_(take(shape).permute(back))
    images, masks = (take(given["images"]).permute(0, 3, 1, 2).contiguous() for _ in range(2))
    optimizer = torch.optim.SGD(network.parameters(), lr=given["learningRate"])
    losses = []
    for _ in range(given["steps"]):
        optimizer.zero_grad(set_to_none=True)
        total = 0.0
        parts = len(images) // given["microBatch"]
        for image, mask in zip(images.split(given["microBatch"]), masks.split(given["microBatch"])):
            loss = cross_entropy(network(image), mask)
            (loss / parts).backward()
            total += loss.item() / parts
        optimizer.step()
        losses.append(total)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"losses": losses, "residentMiB": round(peak), "torch": torch.__version__}))


main(Path(sys.argv[1]))
