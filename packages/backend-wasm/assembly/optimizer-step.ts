import { address, real, whole } from "./argument";
import { startOf } from "./share";
import { fma } from "./simd";

/** How a step comes from the gradient. The numbers are those in src/wasm/compiled/optimizer-step.ts. */
const enum Rule {
  /** The gradient itself. */
  plain = 0,
  /** The first moment. */
  momentum = 1,
  /** The first moment, with the second only kept up to date. */
  unadapted = 2,
  /** The first moment over the root of the second. */
  adaptive = 3,
}

/**
 * A step of all weights at once:
 *
 *     first  ← beta1 · first + gradient
 *     second ← beta2 · second + gradient²
 *     weight ← keep · weight − stepSize · (first / (√second + epsilon), or as the rule says)
 *
 * `values`: how many the weights have together. The table has for each weight eight doubles: the addresses of weight, gradient, first, second, of the new weight, first and
 * second, which may be the old ones, and how many values.
 * @args table weights values rule beta1 beta2 stepSize epsilon keep
 */
export function optimizerStep(args: usize, part: i32, parts: i32): void {
  switch (whole(args, 3)) {
    case Rule.plain:
      stepAll(args, part, parts, Rule.plain);
      break;
    case Rule.momentum:
      stepAll(args, part, parts, Rule.momentum);
      break;
    case Rule.unadapted:
      stepAll(args, part, parts, Rule.unadapted);
      break;
    default:
      stepAll(args, part, parts, Rule.adaptive);
      break;
  }
}

// @ts-expect-error: decorator
/** The rule is a constant, so that what it does not need falls away. */
@inline
function stepAll(args: usize, part: i32, parts: i32, rule: Rule): void {
  const weights = whole(args, 1);
  const total = whole(args, 2);
  const first = startOf(part, parts, total);
  const last = startOf(part + 1, parts, total);
  let entry = address(args, 0);
  let start = 0;
  for (let i = 0; i < weights && start < last; i++) {
    const count = whole(entry, 7);
    const from = max(0, first - start);
    const to = min(count, last - start);
    if (from < to) stepOne(entry, (<usize>from) << 2, (<usize>to) << 2, args, rule);
    start += count;
    entry += 64;
  }
}

// @ts-expect-error: decorator
@inline
function stepOne(entry: usize, from: usize, to: usize, args: usize, rule: Rule): void {
  const weight = address(entry, 0);
  const gradient = address(entry, 1);
  const first = address(entry, 2);
  const second = address(entry, 3);
  const newWeight = address(entry, 4);
  const newFirst = address(entry, 5);
  const newSecond = address(entry, 6);
  const beta1 = real(args, 4);
  const beta2 = real(args, 5);
  const stepSize = real(args, 6);
  const epsilon = real(args, 7);
  const keep = real(args, 8);
  const allBeta1 = f32x4.splat(beta1);
  const allBeta2 = f32x4.splat(beta2);
  const allStepSize = f32x4.splat(stepSize);
  const allEpsilon = f32x4.splat(epsilon);
  const allKeep = f32x4.splat(keep);
  let i = from;
  for (; i + 16 <= to; i += 16) {
    const slope = v128.load(gradient + i);
    let direction = slope;
    if (rule != Rule.plain) {
      direction = fma(allBeta1, v128.load(first + i), slope);
      v128.store(newFirst + i, direction);
    }
    if (rule == Rule.unadapted || rule == Rule.adaptive) {
      const squares = fma(slope, slope, f32x4.mul(allBeta2, v128.load(second + i)));
      v128.store(newSecond + i, squares);
      if (rule == Rule.adaptive) direction = f32x4.div(direction, f32x4.add(f32x4.sqrt(squares), allEpsilon));
    }
    const step = f32x4.mul(allStepSize, direction);
    v128.store(newWeight + i, f32x4.sub(f32x4.mul(allKeep, v128.load(weight + i)), step));
  }
  for (; i < to; i += 4) {
    const slope = load<f32>(gradient + i);
    let direction = slope;
    if (rule != Rule.plain) {
      direction = beta1 * load<f32>(first + i) + slope;
      store<f32>(newFirst + i, direction);
    }
    if (rule == Rule.unadapted || rule == Rule.adaptive) {
      const squares = beta2 * load<f32>(second + i) + slope * slope;
      store<f32>(newSecond + i, squares);
      if (rule == Rule.adaptive) direction /= sqrt<f32>(squares) + epsilon;
    }
    store<f32>(newWeight + i, keep * load<f32>(weight + i) - stepSize * direction);
  }
}
