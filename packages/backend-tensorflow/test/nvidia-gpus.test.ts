import { describe, expect, it } from "vitest";
import { environmentOfWorker, visibleGpus } from "../src/index.js";
import { parseDriver, parseSmi } from "../src/nvidia-gpus.js";

const h200 = { name: "NVIDIA H200", memoryMiB: 143771, driver: "570.1", uuid: "GPU-1111aaaa-2222" };
const l4 = { name: "NVIDIA L4", memoryMiB: 23034, driver: "570.1", uuid: "GPU-3333bbbb-4444" };

describe("the GPUs of a machine", () => {
  it("are the lines of nvidia-smi; what it does not know stays unknown", () => {
    const lines = [
      "NVIDIA H200, 143771 MiB, 570.1, GPU-1111aaaa-2222",
      "NVIDIA L4, 23034 MiB, 570.1, GPU-3333bbbb-4444",
      "Orin (nvgpu), [N/A], [N/A], [N/A]",
      "",
    ];
    expect(parseSmi(lines.join("\n"))).toEqual([h200, l4, { name: "Orin (nvgpu)" }]);
  });

  it("are none where nvidia-smi has no driver, and says so in a sentence", () => {
    const sentence = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n";
    expect(parseSmi(sentence)).toEqual([]);
    expect(parseSmi("No devices were found\n")).toEqual([]);
  });

  it("are in the files of Linux's driver too, without their memory", () => {
    const file = "Model: \t\t NVIDIA L4\nIRQ:   \t\t 46\nGPU UUID: \t GPU-3333bbbb-4444\nVideo BIOS: \t 95.04.29\n";
    expect(parseDriver([file, "nothing of the kind"])).toEqual([{ name: "NVIDIA L4", uuid: "GPU-3333bbbb-4444" }]);
  });
});

describe("the GPUs that CUDA_VISIBLE_DEVICES shows", () => {
  const shown = (setting: string | undefined, gpus = [h200, l4]) =>
    visibleGpus(gpus, setting).map(({ device, gpu }) => [device, gpu?.name]);

  it("are all where it is not set", () => {
    expect(shown(undefined)).toEqual([
      ["0", "NVIDIA H200"],
      ["1", "NVIDIA L4"],
    ]);
    expect(shown(undefined, [])).toEqual([]);
  });

  it("are those of its numbers and of the beginnings of their UUIDs, in its order", () => {
    expect(shown("1, 0")).toEqual([
      ["1", "NVIDIA L4"],
      ["0", "NVIDIA H200"],
    ]);
    expect(shown("GPU-3333")).toEqual([["GPU-3333", "NVIDIA L4"]]);
    expect(shown("MIG-77")).toEqual([["MIG-77", undefined]]);
  });

  it("end before the first that is none", () => {
    expect(shown("1,2,0")).toEqual([["1", "NVIDIA L4"]]);
    for (const none of ["", "-1", "-1,0", "GPU-9", "all"]) expect(shown(none)).toEqual([]);
  });

  it("are believed where nothing lists the machine's", () => {
    expect(shown("3,5", [])).toEqual([
      ["3", undefined],
      ["5", undefined],
    ]);
  });
});

it("worker i of n sees GPU i mod g of g", () => {
  const devicesOf = (gpus: number, workers: number) => {
    const visible = visibleGpus(Array(gpus).fill(l4), undefined);
    return Array.from({ length: workers }, (_, worker) => environmentOfWorker(worker, visible).CUDA_VISIBLE_DEVICES);
  };
  expect(devicesOf(2, 5)).toEqual(["0", "1", "0", "1", "0"]);
  expect(devicesOf(4, 2)).toEqual(["0", "1"]);
  expect(devicesOf(0, 2)).toEqual([undefined, undefined]);
  expect(environmentOfWorker(1, visibleGpus([h200, l4], "1"))).toEqual({ CUDA_VISIBLE_DEVICES: "1" });
});
