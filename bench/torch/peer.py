#!/usr/bin/env python3
"""PyTorch on the processor, beside EM-stellar in the benchmark `torch`: reads requests from standard input, one line of JSON
each, and answers each with one line of JSON on standard output. Started by peer.ts, which says what requests there are.
"""

import base64
import copy
import json
import pathlib
import resource
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "gpu"))
from torch_step import BatchNorm, Network, cross_entropy, load_weights, torch  # noqa: E402

FORMATS = {"eager": torch.contiguous_format, "channels_last": torch.channels_last, "compile": torch.channels_last}


def tensor(given):
    flat = torch.frombuffer(bytearray(base64.b64decode(given["values"])), dtype=torch.float32)
    return flat.reshape(given["shape"])


def as_images(given, memory_format):
    return tensor(given).permute(0, 3, 1, 2).contiguous(memory_format=memory_format)


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)  # all threads
    return usage.ru_utime + usage.ru_stime


class Trainer:
    def __init__(self, network, request, memory_format):
        self.network = network.train()
        self.images = as_images(request["images"], memory_format)
        self.masks = as_images(request["masks"], memory_format)
        options = request["adam"]
        self.optimizer = torch.optim.Adam(
            network.parameters(),
            lr=options["learningRate"],
            betas=(options["beta1"], options["beta2"]),
            eps=options["epsilon"],
        )

    def work(self):
        """A training step; its loss."""
        self.optimizer.zero_grad(set_to_none=True)
        loss = cross_entropy(self.network(self.images), self.masks)
        loss.backward()
        self.optimizer.step()
        return loss.item()


class Predictor:
    def __init__(self, network, request, memory_format, compiled):
        self.network = torch.compile(network.eval()) if compiled else network.eval()
        self.images = as_images(request["images"], memory_format)

    @torch.inference_mode()
    def work(self):
        """Probabilities, [batch, 1, height, width]."""
        return self.network(self.images)


contestants = {}


def load(request):
    torch.set_num_threads(request["threads"])
    torch._dynamo.reset()
    contestants.clear()
    original = Network(request["network"])
    load_weights(original, request["weights"], tensor)
    for mode in request["modes"]:
        memory_format = FORMATS[mode]
        network = copy.deepcopy(original).to(memory_format=memory_format)
        contestants[mode] = (
            Trainer(network, request, memory_format)
            if request["task"] == "training step"
            else Predictor(network, request, memory_format, mode == "compile")
        )
    return {"parameters": sum(parameter.numel() for parameter in original.parameters())}


def work(request):
    contestant = contestants[request["mode"]]
    start, before = time.perf_counter(), processor_seconds()
    values = [contestant.work() for _ in range(request["times"])]
    wall, processor = time.perf_counter() - start, processor_seconds() - before
    if request["answer"]:
        if isinstance(contestant, Predictor):
            pixels = values[-1].permute(0, 2, 3, 1).flatten().clone()
            values = base64.b64encode(bytes(pixels.view(torch.uint8).tolist())).decode()
    else:
        values = None
    return {"wall": wall, "processor": processor, "values": values}


def about(_):
    """The widest instructions are those that PyTorch may use."""
    return {"torch": torch.__version__, "instructions": torch.backends.cpu.get_cpu_capability()}


REQUESTS = {"about": about, "load": load, "work": work}
out = sys.stdout
sys.stdout = sys.stderr  # what libraries print is no answer
for line in sys.stdin:
    try:
        request = json.loads(line)
        answer = REQUESTS[request["do"]](request)
    except Exception as error:  # the other side decides what to do without
        answer = {"failure": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=out, flush=True)
