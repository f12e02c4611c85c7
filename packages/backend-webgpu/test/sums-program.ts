import { webgpu } from "@em-stellar/backend-webgpu";
import { backend, tensor } from "@tensorflow/tfjs-core";
import { type Compute, openCompute } from "../src/compute.js";
import { overPixels, tilingForSums, tilingOfValues } from "../src/kernels/over-pixels.js";
import { addUp, leave, partialSums } from "../src/kernels/partial-sums.js";
import { storage } from "../src/kernels/wgsl.js";

// Adds up whole numbers, whose sums are exact in any order, by operations of subgroups and without; prints what is wrong.
const device = await webgpu({ allowSoftware: true, tune: false }).start();
const opened = await openCompute(backend());
const ways: readonly Compute[] = [opened, { ...opened, features: new Set() }];

/** Few pixels and many; channels in vectors and not; workgroups that are no whole number of subgroups. */
const perChannel = [
  ...[
    [1, 1],
    [2, 1],
    [37, 1],
    [5, 2],
    [257, 3],
    [3, 4],
    [300, 6],
    [37, 8],
    [4099, 8],
    [1000, 12],
    [3000, 16],
  ],
  ...[
    [1000, 20],
    [513, 32],
    [700, 64],
    [100, 256],
    [90, 260],
    [40, 512],
    [70000, 2],
  ],
] as [pixels: number, channels: number][];
/** Sums of everything. */
const ofAll = [1, 3, 255, 4100, 20001, 262144];

const names = ["total", "squares", "count"];

/** Total, squares and count of each channel, or of everything, one after another. */
async function sums(compute: Compute, x: Float32Array, channels: number, all: boolean) {
  const tiling = all ? tilingOfValues(compute, x.length) : tilingForSums(compute, x.length / channels, channels);
  const first = overPixels(tiling, {
    name: "sums",
    declarations: storage({ x: "V" }, { partials: "V" }),
    each: "total += x[at]; squares += x[at] * x[at]; count += V(1);",
    sums: names,
    after: leave(names, tiling),
  });
  const finish = {
    name: "sums-finish",
    declarations: storage({ partials: "f32" }, { result: "f32" }),
    sums: names,
    after: names.map((name, i) => `result[${i * channels}u + vector] = ${name};`).join(" "),
  };
  const second = addUp(tiling, finish, all);
  const buffers = [tensor(x), partialSums(compute, names.length, tiling), compute.output([names.length, channels])];
  const [given, partials, result] = buffers as [(typeof buffers)[0], (typeof buffers)[0], (typeof buffers)[0]];
  compute.run(first, [given, partials]);
  compute.run(second, [partials, result]);
  const seen = (await backend().read(result.dataId)) as Float32Array;
  for (const each of buffers) compute.release(each);
  return { seen, usesSubgroups: [first, second].some(({ code }) => code.includes("subgroup")) };
}

async function check(size: number, channels: number, all: boolean): Promise<void> {
  const x = Float32Array.from({ length: size }, (_, i) => ((i * 7919) % 13) - 6);
  const expected = new Float64Array(names.length * channels);
  for (const [i, value] of x.entries())
    for (const [row, term] of [value, value ** 2, 1].entries()) {
      const place = row * channels + (i % channels);
      expected[place] = (expected[place] as number) + term;
    }
  for (const compute of ways) {
    const { seen, usesSubgroups } = await sums(compute, x, channels, all);
    const wrong = [...expected].flatMap((sum, i) => {
      if (seen[i] === sum) return [];
      return [`${names[Math.floor(i / channels)]} of channel ${i % channels} is ${seen[i]}, not ${sum}`];
    });
    console.log(JSON.stringify({ size, channels, all, maySubgroups: compute === opened, usesSubgroups, wrong }));
  }
}

for (const [pixels, channels] of perChannel) await check(pixels * channels, channels, false);
for (const size of ofAll) await check(size, 1, true);
await device.dispose();
