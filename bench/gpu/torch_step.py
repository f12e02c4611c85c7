#!/usr/bin/env python3
"""A training step in PyTorch, eager, of a network that the benchmark of EM-stellar describes as JSON.

  torch_step.py check FILE    whether PyTorch's prediction, loss and gradients are those that FILE holds for equal weights
  torch_step.py step FILE --side 512 --batch 4 --steps 10 --seconds 20 [--device cuda]    how long steps take

Both print one line of JSON. Without PyTorch: exit status 3 and a sentence on standard error. Images are channels-first
here; shapes and weights in the files are tfjs's, channels last.
"""

import argparse
import contextlib
import json
import statistics
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as error:
    print(f"PyTorch is not here ({error}).", file=sys.stderr)
    sys.exit(3)


class Convolution(nn.Module):
    """Stride 1, padding "same"; an even kernel is padded at the right and at the bottom, as in tfjs."""

    activations = {"linear": lambda x: x, "relu": F.relu, "sigmoid": torch.sigmoid}

    def __init__(self, channels, filters, kernel, activation):
        super().__init__()
        before, after = (kernel - 1) // 2, kernel // 2
        self.padding = None if before == after else (before, after, before, after)
        self.convolution = nn.Conv2d(channels, filters, kernel, padding=before if before == after else 0)
        self.activation = self.activations[activation]

    def forward(self, x):
        if self.padding is not None:
            x = F.pad(x, self.padding)
        return self.activation(self.convolution(x))

    def tensors(self):
        return [(self.convolution.weight, (2, 3, 1, 0)), (self.convolution.bias, (0,))]


class BatchNorm(nn.BatchNorm2d):
    def __init__(self, channels, epsilon, momentum):
        super().__init__(channels, eps=epsilon, momentum=1 - momentum)

    def tensors(self):
        return [(self.weight, (0,)), (self.bias, (0,))]


class Prelu(nn.PReLU):
    def __init__(self, channels):
        super().__init__(channels)

    def tensors(self):
        return [(self.weight, (0,))]


class Tlu(nn.Module):
    """beta * x above 0, alpha * x below, with one of each for every channel."""

    def __init__(self, channels):
        super().__init__()
        self.alpha = nn.Parameter(torch.zeros(channels, 1, 1))
        self.beta = nn.Parameter(torch.ones(channels, 1, 1))

    def forward(self, x):
        return (self.beta - self.alpha) * F.relu(x) + self.alpha * x  # a third of the time of torch.where, on a processor

    def tensors(self):
        return [(self.alpha, (1, 2, 0)), (self.beta, (1, 2, 0))]


class Plain(nn.Module):
    """An operation without weights."""

    def __init__(self, operation):
        super().__init__()
        self.operation = operation

    def forward(self, *inputs):
        return self.operation(*inputs)

    def tensors(self):
        return []


def build_layer(layer):
    kind = layer["kind"]
    if kind == "convolution":
        return Convolution(layer["channels"], layer["filters"], layer["kernel"], layer["activation"])
    if kind == "batch-norm":
        return BatchNorm(layer["channels"], layer["epsilon"], layer["momentum"])
    if kind == "prelu":
        return Prelu(layer["channels"])
    if kind == "tlu":
        return Tlu(layer["channels"])
    if kind == "relu":
        return Plain(F.relu)
    if kind == "concatenation":
        return Plain(lambda *parts: torch.cat(parts, dim=1))
    if kind == "max-pool":
        return Plain(lambda x: F.max_pool2d(x, layer["size"]))
    if kind == "up-sampling":
        return Plain(lambda x: F.interpolate(x, scale_factor=layer["size"], mode="nearest"))
    raise ValueError(f'The layer "{layer["name"]}" is of the kind "{kind}", which has no counterpart here.')


class Network(nn.Module):
    """The layers of a description, connected as it says."""

    def __init__(self, description):
        super().__init__()
        self.description = description
        self.plan = [layer for layer in description["layers"] if layer["kind"] != "input"]
        self.image = next(layer["name"] for layer in description["layers"] if layer["kind"] == "input")
        self.built = nn.ModuleList(build_layer(layer) for layer in self.plan)
        # After which layer each value is used for the last time, so that it need not be kept longer than autograd keeps it.
        self.last_use = {}
        for index, layer in enumerate(self.plan):
            for name in layer["inputs"]:
                self.last_use[name] = index
        parameters = sum(parameter.numel() for parameter in self.parameters())
        if parameters != description["parameters"]:
            raise ValueError(f"{description['name']} has {description['parameters']} weights, but {parameters} here.")

    def named(self):
        """The layers that compute, by name."""
        return {layer["name"]: module for layer, module in zip(self.plan, self.built)}

    def forward(self, x, watch=lambda layer, module, inputs: None):
        """`watch` sees every layer with what it reads."""
        values = {self.image: x}
        for index, (layer, module) in enumerate(zip(self.plan, self.built)):
            inputs = [values[name] for name in layer["inputs"]]
            watch(layer, module, inputs)
            values[layer["name"]] = module(*inputs)
            for name in layer["inputs"]:
                if self.last_use[name] == index and name in values:
                    del values[name]
        return values[self.description["output"]]


@torch.no_grad()
def load_weights(network, weights, tensor):
    """Copies the weights of tfjs, lists by the name of the layer; `tensor` makes a tensor of each. Moving averages may be left out."""
    for name, module in network.named().items():
        given = weights.get(name, [])
        tensors = module.tensors()
        if isinstance(module, BatchNorm) and len(given) > len(tensors):
            tensors = [*tensors, (module.running_mean, (0,)), (module.running_var, (0,))]
        for (parameter, order), weight in zip(tensors, given, strict=True):
            back = sorted(range(len(order)), key=order.__getitem__)
            value = tensor(weight)
            if value.dim() > len(order):  # one slope for each channel, [1, 1, channels]
                value = value.reshape(-1)
            parameter.copy_(value.permute(back))


def cross_entropy(prediction, truth):
    """Binary cross-entropy of probabilities, in float32 whatever the network computes in; the mean over pixels."""
    clipped = prediction.to(truth.dtype).clamp(1e-7, 1 - 1e-7)
    return -(truth * clipped.log() + (1 - truth) * (1 - clipped).log()).mean()


def count_near_kinks(layer, module, inputs, margin=5e-6):
    """Values so near a place where a layer's slope jumps that float32's rounding may take them to the other side."""
    (x, *_) = inputs
    if layer["kind"] == "max-pool":
        windows = F.unfold(x.reshape(-1, 1, *x.shape[2:]), layer["size"], stride=layer["size"])
        largest = windows.topk(2, dim=1).values
        distance = (largest[:, 0] - largest[:, 1])[largest[:, 0] != 0]  # equal zeros of a ReLU pass nothing back
    elif layer["kind"] == "convolution" and layer["activation"] == "relu":
        padded = x if module.padding is None else F.pad(x, module.padding)
        distance = module.convolution(padded).detach().abs()
    elif layer["kind"] in ("relu", "prelu", "tlu"):
        distance = x.abs()
    else:
        return 0
    return int((distance < margin * x.square().mean().sqrt()).sum())


def check(file):
    """Compares one forward and backward pass with tfjs's, in float64 so that what differs is tfjs's rounding or another network."""
    with open(file) as source:
        given = json.load(source)
    network = Network(given["network"]).double().train()
    tensor = lambda each: torch.tensor(each["values"], dtype=torch.float64).reshape(each["shape"])
    load_weights(network, given["weights"], tensor)
    named = network.named()
    images, masks = (tensor(given[key]).permute(0, 3, 1, 2) for key in ("images", "masks"))
    kinks = 0

    def watch(layer, module, inputs):
        nonlocal kinks
        kinks += count_near_kinks(layer, module, [each.detach() for each in inputs])

    prediction = network(images, watch)
    loss = cross_entropy(prediction, masks)
    loss.backward()

    total = sum(float(parameter.grad.norm()) ** 2 for parameter in network.parameters()) ** 0.5
    worst, worst_name, silent = 0.0, None, []
    for name, gradients in given["gradients"].items():
        for index, ((parameter, order), gradient) in enumerate(zip(named[name].tensors(), gradients, strict=True)):
            mine = parameter.grad.permute(order).reshape(-1)
            norm = float(mine.norm())
            # What goes into a batch normalization has a bias without effect: its gradient is zero but for rounding.
            error = float((mine - tensor(gradient).reshape(-1)).norm()) / max(norm, 1e-3 * total)
            if not error <= worst:
                worst, worst_name = error, f"{name}, weight {index}"
            if index == 0 and not norm > 0:
                silent.append(name)
    truth = tensor(given["prediction"]).permute(0, 3, 1, 2)
    print(
        json.dumps(
            {
                "network": given["network"]["name"],
                "parameters": given["network"]["parameters"],
                "tensors": sum(len(gradients) for gradients in given["gradients"].values()),
                "predictionError": float((prediction - truth).abs().max().detach()),
                "lossError": abs(float(loss.detach()) - given["loss"]),
                "gradientError": worst,
                "worstGradient": worst_name,
                "silent": silent,
                "kinks": kinks,
            }
        )
    )


# Name, channels last, TF32, data type of automatic mixed precision.
MODES = [
    ("float32", False, False, None),
    ("float32, channels-last", True, False, None),
    ("TF32", False, True, None),
    ("TF32, channels-last", True, True, None),
    ("bfloat16 AMP, channels-last", True, True, torch.bfloat16),
    ("float16 AMP, channels-last", True, True, torch.float16),
]


def time_steps(description, device, channels_last, tf32, amp, args):
    torch.backends.cuda.matmul.allow_tf32 = tf32
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(1)
    memory_format = torch.channels_last if channels_last else torch.contiguous_format
    network = Network(description).to(device=device, memory_format=memory_format).train()
    images = torch.rand(args.batch, 1, args.side, args.side, device=device)
    masks = (images > 0.5).float()
    images = images.to(memory_format=memory_format)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    scaler = torch.amp.GradScaler(device.type, enabled=amp is torch.float16)
    autocast = torch.autocast(device.type, dtype=amp) if amp is not None else contextlib.nullcontext()

    def step():
        optimizer.zero_grad(set_to_none=True)
        with autocast:
            prediction = network(images)
        loss = cross_entropy(prediction, masks)
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        return loss.detach()

    def round_of(count):
        start = time.perf_counter()
        for _ in range(count):
            loss = step()
        value = float(loss)  # waits
        return (time.perf_counter() - start) / count * 1000, value

    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    first, _ = round_of(1)
    round_of(1)
    alone, _ = round_of(1)
    count = max(1, min(args.steps, int(1000 * args.seconds / 3 / alone)))
    rounds = [round_of(count) for _ in range(3)]
    return {
        "first": first,
        "step": statistics.median(each for each, _ in rounds),
        "rounds": [each for each, _ in rounds],
        "stepsInRound": count,
        "loss": rounds[-1][1],
        "bytes": torch.cuda.max_memory_allocated() if device.type == "cuda" else None,
    }


def time_modes(args):
    with open(args.file) as source:
        description = json.load(source)
    device = torch.device(args.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    results = []
    for name, channels_last, tf32, amp in MODES:
        if device.type == "cpu" and (tf32 and amp is None or amp is torch.float16):
            continue  # what a processor does not have
        try:
            results.append({"mode": name, **time_steps(description, device, channels_last, tf32, amp, args)})
        except RuntimeError as error:  # out of memory, for one
            results.append({"mode": name, "failure": str(error).splitlines()[0]})
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "device": torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu",
                "cudnn": torch.backends.cudnn.version() if device.type == "cuda" else None,
                "results": results,
            }
        )
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["check", "step"])
    parser.add_argument("file")
    parser.add_argument("--side", type=int, default=512)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--device", default=None)
    args = parser.parse_args()
    if args.task == "check":
        check(args.file)
    else:
        time_modes(args)


if __name__ == "__main__":
    main()
