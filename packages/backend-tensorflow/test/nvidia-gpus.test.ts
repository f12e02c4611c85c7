import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cuda } from "../src/index.js";
import { parseDriver, parseSmi } from "../src/nvidia-gpus.js";
import { visibleGpus } from "../src/visible-gpus.js";

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

it("the devices of cuda are the GPUs that nvidia-smi lists", async () => {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-smi-"));
  const path = process.env.PATH;
  const answer = "#!/bin/sh\necho 'NVIDIA H200, 143771 MiB, 570.1'\necho 'NVIDIA L4, 23034 MiB, 570.1'\n";
  writeFileSync(join(folder, "nvidia-smi"), answer, { mode: 0o755 });
  try {
    process.env.PATH = `${folder}:${path}`;
    expect(await cuda().devices?.()).toEqual([
      "NVIDIA H200, 143771 MiB, driver 570.1",
      "NVIDIA L4, 23034 MiB, driver 570.1",
    ]);
  } finally {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  }
});
