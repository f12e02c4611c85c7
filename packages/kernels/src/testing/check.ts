import type { Device } from "@em-stellar/core/training";
import { engine, keep, memory, type Tensor, tensor, tidy, valueAndGrads } from "@tensorflow/tfjs-core";
import { type Case, type Example, isExample } from "./case.js";
import { along, derivative, pick, type Reference, sample, signs, weighted } from "./reference.js";

/** How far an input is moved to either side: the third root of what double precision tells apart. */
const step = 2 ** -17;

/**
 * Runs a case on the current backend; throws where it gives anything else than it should, changes an input, or leaves a tensor
 * behind. Errors may be `leniency` times as large as the case says.
 */
export async function check(item: Case | Example, device: Device, leniency = 1): Promise<void> {
  const { numTensors } = memory();
  const variables = new Set(Object.keys(engine().registeredVariables));
  const { outputs, gradients, inputs } = tidy(() =>
    isExample(item) ? runExample(item, device) : computeCase(item, device),
  );
  const all = [...outputs, ...gradients, ...inputs];
  const shapes = all.map(({ shape }) => shape);
  let values: ArrayLike<number>[];
  try {
    values = await Promise.all(all.map((each) => each.data()));
  } finally {
    for (const each of all) each.dispose();
    for (const [name, variable] of Object.entries(engine().registeredVariables)) {
      if (!variables.has(name)) variable.dispose();
    }
  }
  const seen = (from: number, count: number) =>
    values.slice(from, from + count).map((each, i) => ({ values: each, shape: shapes[from + i] as number[] }));
  const seenOutputs = seen(0, outputs.length);
  if (isExample(item)) compareExample(item, seenOutputs, leniency);
  else {
    compareOutputs(item, seenOutputs, leniency);
    compareGradients(item, seen(outputs.length, gradients.length), leniency);
    item.inputs.forEach((input, i) => {
      const now = values[outputs.length + gradients.length + i] as ArrayLike<number>;
      requireClose(`input ${i} afterwards`, now, input.values, 0);
    });
  }
  const left = memory().numTensors - numTensors;
  if (left !== 0) throw new Error(`${left} tensors are left behind`);
}

/** What a case computes on the device; its owner disposes of all of it. */
type Computed = { outputs: Tensor[]; gradients: Tensor[]; inputs: Tensor[] }; // an interface is no container to tfjs

interface Seen {
  readonly values: ArrayLike<number>;
  readonly shape: readonly number[];
}

function runExample({ run }: Example, device: Device): Computed {
  const outputs = run(device);
  return { outputs: [outputs].flat() as Tensor[], gradients: [], inputs: [] };
}

/** The device's part of a case. */
export function computeCase(item: Case, device: Device): Computed {
  const inputs = item.inputs.map((input) => tensor(Float32Array.from(input.values), [...input.shape], input.dtype));
  const moved = differentiatedBy(item);
  const run = (given: Tensor[]) => [item.run(given, device)].flat() as [Tensor, ...Tensor[]];
  if (moved.length === 0) return { outputs: run(inputs), gradients: [], inputs };
  const others: Tensor[] = [];
  const first = (...given: Tensor[]) => {
    const [output, ...more] = run(inputs.map((input, i) => given[moved.indexOf(i)] ?? input));
    others.push(...more.map(keep));
    return output;
  };
  const weights = weightsOf(firstOf(item));
  const dy = tensor(Float32Array.from(weights.values), [...weights.shape]);
  const { value, grads } = valueAndGrads(first)(
    moved.map((i) => inputs[i] as Tensor),
    dy,
  );
  return { outputs: [value, ...others], gradients: grads, inputs };
}

function differentiatedBy({ differentiated, inputs }: Case): readonly number[] {
  return differentiated ?? inputs.map((_, i) => i);
}

function firstOf(item: Case): Reference {
  return [item.expected()].flat()[0] as Reference;
}

/** The gradient that flows back into the first output. */
function weightsOf({ shape }: Reference): Reference {
  return sample(99, shape);
}

function compareOutputs(item: Case, seen: readonly Seen[], leniency: number): void {
  const expected = [item.expected()].flat() as Reference[];
  if (seen.length !== expected.length) throw new Error(`${seen.length} outputs, not ${expected.length}`);
  expected.forEach(({ values, shape }, i) => {
    const { values: found, shape: foundShape } = seen[i] as Seen;
    if (String(foundShape) !== String(shape)) throw new Error(`output ${i} is [${foundShape}], not [${shape}]`);
    requireClose(`output ${i}`, found, values, leniency * toleranceOf(item) * largest(values));
  });
}

function compareGradients(item: Case, seen: readonly Seen[], leniency: number): void {
  expectedGradients(item).forEach(({ input, indices, single, direction, total }, i) => {
    const { values: found, shape } = seen[i] as Seen;
    const name = `the gradient to input ${input}`;
    const inputShape = item.inputs[input]?.shape;
    if (String(shape) !== String(inputShape)) throw new Error(`${name} is [${shape}], not [${inputShape}]`);
    const scale = leniency * toleranceOf(item) * Math.max(largest(found), largest(single));
    const picked = indices.map((index) => found[index] as number);
    requireClose(`${name} at ${indices.join(", ")}`, picked, single, scale);
    const sum = direction.reduce((all, sign, j) => all + sign * (found[j] as number), 0);
    requireClose(`the sum of ${name}, signs as they fall,`, [sum], [total], scale * Math.sqrt(direction.length));
  });
}

/** A gradient by central differences: some elements of it, and the sum of all, each with a sign of its own. */
interface ExpectedGradient {
  readonly input: number;
  readonly indices: readonly number[];
  readonly single: readonly number[];
  readonly direction: readonly number[];
  readonly total: number;
}

function expectedGradients(item: Case): ExpectedGradient[] {
  const weights = weightsOf(firstOf(item));
  const f = () => weighted(firstOf(item), weights);
  return differentiatedBy(item).map((input) => {
    const at = item.inputs[input] as Reference;
    const indices = pick(at, item.compared ?? 12);
    const direction = signs(input + 1, at.values.length);
    return {
      input,
      indices,
      single: derivative(f, at, indices, step),
      direction,
      total: along(f, at, direction, step),
    };
  });
}

function compareExample({ expected, tolerance = 0 }: Example, seen: readonly Seen[], leniency: number): void {
  if (seen.length !== expected.length) throw new Error(`${seen.length} outputs, not ${expected.length}`);
  expected.forEach((values, i) => {
    requireClose(`output ${i}`, (seen[i] as Seen).values, values, leniency * tolerance);
  });
}

function requireClose(what: string, seen: ArrayLike<number>, expected: ArrayLike<number>, allowed: number): void {
  if (seen.length !== expected.length) throw new Error(`${what}: ${seen.length} values, not ${expected.length}`);
  for (let i = 0; i < expected.length; i++) {
    const [found, wanted] = [seen[i] as number, expected[i] as number];
    // NaN is expected to be NaN, and the difference of infinities is none.
    if (Object.is(found, wanted) || Math.abs(found - wanted) <= allowed) continue;
    throw new Error(`${what}, value ${i}: ${found} instead of ${wanted} (allowed are ${allowed.toExponential(1)})`);
  }
}

function toleranceOf({ tolerance = 2e-6 }: Case): number {
  return tolerance;
}

function largest(values: ArrayLike<number>): number {
  let most = 0.1;
  for (let i = 0; i < values.length; i++)
    if (Math.abs(values[i] as number) > most) most = Math.abs(values[i] as number);
  return most;
}
