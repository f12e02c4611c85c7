#!/usr/bin/env python3
"""Trains a network in PyTorch from several seeds, and predicts the test images: the other side of the benchmark `torch --score`.

  train.py train FILE

FILE is JSON that in-torch.ts writes: the network, how to train it, and the files with the pixels. Only the layers come from
EM-stellar. What is random (weights, patches, augmentation) is drawn here, by PyTorch, from the same distributions, and
normalisation, schedule, loss and optimizer are PyTorch's or written here. Prints one line of JSON.
"""

import array
import json
import math
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "gpu"))
from torch_step import Convolution, F, Network, nn, torch  # noqa: E402


def read_image(place):
    """[height, width], with a mean of 0 and a standard deviation of 1."""
    values = torch.frombuffer(bytearray(pathlib.Path(place["image"]).read_bytes()), dtype=torch.float32).double()
    image = (values - values.mean()) / values.std(correction=0)
    return image.float().reshape(place["height"], place["width"])


def read_mask(place):
    """[height, width], 1 where the object is."""
    values = torch.frombuffer(bytearray(pathlib.Path(place["mask"]).read_bytes()), dtype=torch.uint8)
    return values.float().reshape(place["height"], place["width"])


# Of a standard normal distribution without its values beyond -2 and 2.
DEVIATION_OF_TRUNCATED = 0.8796256610342398


@torch.no_grad()
def initialise(network):
    """He's normal distribution, truncated, as Keras has it; Glorot's uniform one for the output; biases of 0."""
    for module in network.built:
        if not isinstance(module, Convolution):
            continue
        weight, bias = module.convolution.weight, module.convolution.bias
        if module.activation is torch.sigmoid:
            nn.init.xavier_uniform_(weight)
        else:
            fan_in = weight[0].numel()
            deviation = math.sqrt(2 / fan_in) / DEVIATION_OF_TRUNCATED
            nn.init.trunc_normal_(weight, std=deviation, a=-2 * deviation, b=2 * deviation)
        nn.init.zeros_(bias)


def draw_patches(pairs, count, side):
    """Squares of images and masks from anywhere, all places alike: [count, 2, side, side]."""
    patches = []
    for _ in range(count):
        pair = pairs[int(torch.randint(len(pairs), ()))]
        height, width = pair.shape[1:]
        y, x = int(torch.randint(height - side + 1, ())), int(torch.randint(width - side + 1, ()))
        patches.append(pair[:, y : y + side, x : x + side])
    return torch.stack(patches)


def draw_transforms(options, count):
    """Matrices [count, 2, 3] from places in the output to places in the input, both from -1 to 1, by columns (x, y, 1)."""

    def around(most):
        return (2 * torch.rand(count) - 1) * most

    def flip(wanted):
        return torch.where(torch.rand(count) < 0.5, -1.0, 1.0) if wanted else torch.ones(count)

    def matrices(*rows):
        return torch.stack([torch.stack(row, dim=-1) for row in rows], dim=-2)

    zero, one = torch.zeros(count), torch.ones(count)
    angle = around(math.radians(options["rotation"]))
    rotation = matrices((angle.cos(), angle.sin()), (-angle.sin(), angle.cos()))
    slant = around(math.radians(options["shear"]))
    shear = matrices((slant.cos(), zero), (-slant.sin(), one))
    size = matrices(
        ((1 + around(options["zoom"])) * flip(options["flipHorizontal"]), zero),
        (zero, (1 + around(options["zoom"])) * flip(options["flipVertical"])),
    )
    shift = rotation @ torch.stack([around(2 * options["shift"]), around(2 * options["shift"])], dim=-1).unsqueeze(-1)
    return torch.cat([rotation @ shear @ size, shift], dim=-1)


def transform(patches, matrices):
    """Images by bilinear interpolation, mirrored outside; masks too, then cut at a half."""
    grid = F.affine_grid(matrices, list(patches.shape), align_corners=False)
    moved = F.grid_sample(patches, grid, mode="bilinear", padding_mode="reflection", align_corners=False)
    return moved[:, :1], (moved[:, 1:] > 0.5).float()


def rate_at(step, steps, options):
    """Straight up to the learning rate, then straight down, for steps 1, 2, …"""
    top, last = options["learningRate"], options["minLearningRate"]
    warm_up = options["warmupProportion"] * steps
    if step <= warm_up:
        return top * step / warm_up
    return last + (top - last) * (steps - step) / (steps - warm_up)


def train(given, pairs, seed):
    """The network after the last step, its losses and the seconds that it took, of the clock and of the processor."""
    torch.manual_seed(seed)
    network = Network(given["network"]).train()
    initialise(network)
    options, steps = given["optimizer"], given["steps"]
    optimizer = torch.optim.Adam(
        network.parameters(), betas=(options["beta1"], options["beta2"]), eps=options["epsilon"]
    )
    wall, processor = time.perf_counter(), time.process_time()
    losses = []
    for step in range(1, steps + 1):
        optimizer.param_groups[0]["lr"] = rate_at(step, steps, options)
        patches = draw_patches(pairs, given["batchSize"], given["patch"])
        images, masks = transform(patches, draw_transforms(given["augmentation"], len(patches)))
        optimizer.zero_grad(set_to_none=True)
        loss = F.binary_cross_entropy(network(images), masks)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return network, losses, time.perf_counter() - wall, time.process_time() - processor


@torch.inference_mode()
def predict(network, image):
    """Probabilities of a whole image."""
    return network.eval()(image[None, None])[0, 0]


def train_all(given):
    torch.set_num_threads(1)
    pairs = [torch.stack([read_image(place), read_mask(place)]) for place in given["train"]]
    test = [read_image(place) for place in given["test"]]
    trainings = []
    for seed in given["seeds"]:
        network, losses, wall, processor = train(given, pairs, seed)
        for index, image in enumerate(test):
            with open(pathlib.Path(given["folder"]) / f"{seed}-{index}.f32", "wb") as file:
                array.array("f", predict(network, image).flatten().tolist()).tofile(file)
        loss = sum(losses) / len(losses)
        trainings.append({"seed": seed, "loss": loss, "seconds": wall, "processorSeconds": processor})
    print(
        json.dumps(
            {
                "torch": torch.__version__,
                "instructions": torch.backends.cpu.get_cpu_capability(),
                "trainings": trainings,
            }
        )
    )


if __name__ == "__main__":
    _, _, file = sys.argv
    train_all(json.loads(pathlib.Path(file).read_text()))
