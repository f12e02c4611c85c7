import type { ConvolutionRates, Rates } from "./convolution-rates.js";
import type { Counted, NetworkCounts } from "./count-step.js";
import type { KnownGpu } from "./known-gpus.js";
import type { StepMeasurement } from "./measure-steps.js";
import type { GpuOptions } from "./options.js";
import type { Score } from "./score.js";
import { digits, percent, table } from "./table.js";
import type { TorchCheck, TorchSteps } from "./torch.js";

/** All that was measured. */
export interface Report {
  readonly node: string;
  readonly options: GpuOptions;
  /** What the device says of itself; `null` where none started. */
  device: Readonly<Record<string, string>> | null;
  gpu: KnownGpu | null;
  readonly counts: NetworkCounts[];
  readonly steps: StepMeasurement[];
  convolutions: readonly ConvolutionRates[];
  readonly checks: (TorchCheck & { readonly agrees: boolean })[];
  readonly torch: (TorchSteps & { readonly network: string; readonly operations: number })[];
  score: Score | null;
  /** What was not measured, and why. */
  readonly absent: string[];
}

/** What steps and predictions ask of the device, and which kernels ask most. */
export function printCounts(counts: readonly NetworkCounts[]): void {
  console.log(
    "\nWhat one training step and one prediction ask of the device, once everything is compiled; nothing computed.",
  );
  const rows = counts.flatMap((each) => {
    const { network, base, side, batch, kernels, step, prediction, deviceBytes, leastBytes, directProducts } = each;
    const cells = ({ dispatches, bytes, products, submissions, uniforms, newBuffers, pipelines }: Counted) => [
      ...[`${dispatches}`, digits(bytes / 1e9), digits(products / 1e9)],
      ...[submissions, uniforms, newBuffers, pipelines].map(String),
    ];
    return [
      [
        `${network}, base ${base}, ${side}² × ${batch}, ${kernels}: step`,
        ...cells(step),
        digits(deviceBytes / 2 ** 20),
      ],
      ["  least bytes, products of direct sums", "", digits(leastBytes / 1e9), digits(directProducts / 1e9)],
      ["  prediction", ...cells(prediction)],
    ];
  });
  const header = ["", "dispatches", "GB bound", "10⁹ products"];
  console.log(table([...header, "submissions", "uniforms", "new buffers", "pipelines", "MiB held"], rows));
  for (const { network, kernels, step } of counts) {
    console.log(`\nKernels of a step of ${network}, ${kernels}.`);
    const kernelRows = step.kernels
      .slice(0, 20)
      .map(({ name, calls, dispatches, bytes, products }) => [
        ...[name, `${calls}`, `${dispatches}`, digits(bytes / 1e9)],
        products > 0 ? digits(products / 1e9) : "",
      ]);
    console.log(table(["kernel", "calls", "dispatches", "GB bound", "10⁹ products"], kernelRows));
  }
}

/** The shaders of a step, the longest first. */
export function printProfile(measured: StepMeasurement, gpu: KnownGpu | null): void {
  const { network, kernels, profile, profileFailure, step } = measured;
  if (profileFailure) console.log(`\nNo profile of ${network}, ${kernels}: ${profileFailure}`);
  if (!profile) return;
  const total = profile.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const calls = profile.reduce((sum, shader) => sum + shader.calls, 0);
  console.log(
    `\nShaders of a step of ${network}, ${kernels}: ${calls} calls, ${digits(total)} ms; the step takes ${digits(step)} ms.` +
      " GB/s: of the tensors bound, each counted once.",
  );
  const rows = profile.slice(0, 25).map(({ name, calls, milliseconds, share, bytes }) => {
    const rate = milliseconds > 0 ? bytes / milliseconds / 1e6 : null;
    const cells = [name, `${calls}`, digits(milliseconds), percent(share), digits(rate)];
    return gpu ? [...cells, percent(rate && rate / gpu.gigabytes)] : cells;
  });
  console.log(table(["shader", "calls", "ms", "share", "GB/s", ...(gpu ? ["of bandwidth"] : [])], rows));
  if (profile.length > 25) console.log(`  and ${profile.length - 25} more in the JSON`);
}

/** Steps, ours in two precisions beside tfjs's. */
export function printSteps({ steps, gpu }: Report): void {
  const [first] = steps;
  if (!first) return;
  console.log("\nOne training step: forward, loss, backward, Adam; nothing read back inside.");
  const rows = steps.map((measured) => {
    const { network, kernels, side, batch, base, step, gflops, queueing, deviceBytes, profile, loss } = measured;
    const { tensorCores } = measured;
    const stock = steps.find((other) => other.network === network && other.kernels === "tfjs");
    const bytes = profile?.reduce((sum, shader) => sum + shader.bytes, 0);
    const cells = [
      `${network}, base ${base}, ${side}² × ${batch}, ${kernels}`,
      digits(step),
      digits(gflops),
      stock ? digits(stock.step / step) : "",
      digits(queueing),
      digits((measured.warmUp + measured.first) / 1000),
      digits(deviceBytes / 2 ** 20),
      digits(loss),
    ];
    if (!gpu) return cells;
    const peak = tensorCores === null ? percent(gflops / gpu.teraflops / 1000) : ""; // tensor cores have another one
    return [...cells, peak, percent(bytes && bytes / step / 1e6 / gpu.gigabytes)];
  });
  const header = ["network", "ms", "GFLOP/s", "× tfjs", "queueing ms", "first s", "MiB", "loss"];
  console.log(table([...header, ...(gpu ? ["of peak", "of bandwidth"] : [])], rows));
  const [inHalf] = steps.filter(({ tensorCores }) => tensorCores !== null);
  if (inHalf) console.log(`  ${inHalf.kernels}: tensor cores ${inHalf.tensorCores}`);
}

/** The three products of each layer, ours and tfjs's. */
export function printConvolutions(rates: readonly ConvolutionRates[]): void {
  console.log("\nConvolutions of unet-bn one by one, GFLOP/s: ours, tfjs's.");
  const pair = (ours: number | null, stock: number | null) => [digits(ours), digits(stock)];
  const rows = rates.map(({ input, filter, layers, ours, stock }) => [
    `${input.join("×")} by ${filter.join("×")}${layers > 1 ? `, ${layers} layers` : ""}`,
    ...pair(ours.forward, stock.forward),
    ...pair(ours.inputGradient, stock.inputGradient),
    ...pair(ours.filterGradient, stock.filterGradient),
  ]);
  const all = (of: (each: ConvolutionRates) => Rates, which: keyof Rates) => digits(overall(rates, of, which));
  rows.push([
    "all layers",
    ...(["forward", "inputGradient", "filterGradient"] as const).flatMap((which) => [
      all(({ ours }) => ours, which),
      all(({ stock }) => stock, which),
    ]),
  ]);
  console.log(table(["layer", "forward", "tfjs", "to input", "tfjs", "to filter", "tfjs"], rows));
}

/** Operations of all layers by the time of all. */
function overall(
  rates: readonly ConvolutionRates[],
  of: (each: ConvolutionRates) => Rates,
  which: keyof Rates,
): number | null {
  let [operations, time] = [0, 0];
  for (const each of rates) {
    const rate = of(each)[which];
    if (rate === null) continue;
    operations += each.layers * each.operations;
    time += (each.layers * each.operations) / rate;
  }
  return time > 0 ? operations / time : null;
}

/** Whether PyTorch has the same network. */
export function printCheck(check: TorchCheck): void {
  const { network, parameters, tensors, predictionError, lossError, gradientError, worstGradient, silent } = check;
  const error = (value: number) => value.toExponential(1);
  console.log(
    `\n${network} (narrow: ${parameters} weights) here and in PyTorch: predictions differ by ${error(predictionError)} at most, ` +
      `the loss by ${error(lossError)}, ${tensors} gradients by ${error(gradientError)} of their length at most (${worstGradient})` +
      (silent.length > 0 ? `; without a gradient: ${silent.join(", ")}.` : "."),
  );
}

/** A network's steps in PyTorch, beside ours. */
export function printTorch({ torch, steps, gpu }: Report, id: string): void {
  const measured = torch.find(({ network }) => network === id);
  if (!measured) return;
  const ours = steps.filter(({ network, kernels }) => network === id && kernels !== "tfjs");
  console.log(`\nThe same step of ${id} in PyTorch ${measured.torch}, eager, on ${measured.device}.`);
  const rows = measured.results.map(({ mode, failure, step, first, bytes }) => {
    if (failure !== undefined || step === undefined) return [mode, `failed: ${failure}`];
    const gflops = measured.operations / step / 1e6;
    const cells = [
      mode,
      digits(step),
      digits(gflops),
      ...ours.map((each) => digits(step / each.step)),
      digits(first === undefined ? null : first / 1000),
      bytes ? digits(bytes / 2 ** 20) : "",
    ];
    // Tensor cores have another peak.
    return gpu && mode.startsWith("float32") ? [...cells, percent(gflops / gpu.teraflops / 1000)] : cells;
  });
  const ratios = ours.map(({ kernels }) => `${kernels} ×`);
  console.log(table(["mode", "ms", "GFLOP/s", ...ratios, "first s", "MiB", ...(gpu ? ["of peak"] : [])], rows));
}

/** The training to a score. */
export function printScore({ suite, network, steps, seconds, wallSeconds, jaccard }: Score): void {
  console.log(
    `\n${suite}: ${network} after ${steps} steps on fold 0: Jaccard ${jaccard?.toFixed(3) ?? "not defined"} on test images; ` +
      `training ${digits(seconds)} s, ${digits(wallSeconds)} s with everything.`,
  );
}
