import { address, real, whole } from "./argument";
import { exponential, logarithm } from "./logarithm";
import { addDouble, addFour, floatBytes } from "./rows";
import { startOf } from "./share";
import { fma } from "./simd";

/** How many pixels to add up in single precision before the sums go to double precision. */
const blockPixels: i32 = 256;

/**
 * Losses that are a mean over pixels, with their gradients: with p held in [1e-7, 1 - 1e-7] and q = 1 - p, the sum of
 * -[object · y · q^gamma · ln p + background · (1 - y) · p^gamma · ln q]; the gradient is that of the mean, and 0 where p was
 * held back.
 *
 * `memory`: 64 bytes for each part, of which the first four doubles end as sums.
 * @args truth prediction gradient pixels object background gamma memory
 */
export function pixelLoss(args: usize, part: i32, parts: i32): void {
  const gamma = real(args, 6);
  if (gamma == 0) lossOfPixels(args, part, parts, 0);
  else if (gamma == 2) lossOfPixels(args, part, parts, 2);
  else lossOfPixels(args, part, parts, -1);
}

// @ts-expect-error: decorator
/** `power` is a constant: gamma, or -1 for any. */
@inline
function lossOfPixels(args: usize, part: i32, parts: i32, power: i32): void {
  const truth = address(args, 0);
  const toPrediction = address(args, 1) - truth;
  const toGradient = address(args, 2) - truth;
  const pixels = whole(args, 3);
  const object = f32x4.splat(real(args, 4));
  const background = f32x4.splat(real(args, 5));
  const gamma = f32x4.splat(real(args, 6));
  const share = f32x4.splat(<f32>(1 / <f64>pixels));
  const sums = address(args, 7) + ((<usize>part) << 6);
  memory.fill(sums, 0, 64);
  const last = startOf(part + 1, parts, pixels);
  for (let first = startOf(part, parts, pixels); first < last; first += blockPixels) {
    const end = truth + floatBytes(min(last, first + blockPixels));
    let at = truth + floatBytes(first);
    let sum = f32x4.splat(0);
    for (; at + 16 <= end; at += 16) {
      const loss = lossOfFour(at, at + toPrediction, at + toGradient, object, background, gamma, share, power);
      sum = f32x4.add(sum, loss);
    }
    addFour(sums, sum);
    for (; at < end; at += 4) {
      // One pixel, as the first of four.
      v128.store(sums, v128.load32_zero(at), 32);
      v128.store(sums, v128.load32_zero(at + toPrediction), 48);
      const four = lossOfFour(sums + 32, sums + 48, sums + 48, object, background, gamma, share, power);
      store<f32>(at + toGradient, load<f32>(sums, 48));
      addDouble(sums, 0, f32x4.extract_lane(four, 0));
    }
  }
}

// @ts-expect-error: decorator
@inline
function lossOfFour(
  truth: usize,
  prediction: usize,
  gradient: usize,
  object: v128,
  background: v128,
  gamma: v128,
  share: v128,
  power: i32,
): v128 {
  const one = f32x4.splat(1);
  const given = v128.load(prediction);
  const p = f32x4.pmax(f32x4.pmin(given, f32x4.splat(<f32>(1 - 1e-7))), f32x4.splat(1e-7));
  const q = f32x4.sub(one, p);
  const lnP = logarithm(p);
  const lnQ = logarithm(q);
  const y = v128.load(truth);
  const weightP = f32x4.mul(object, y);
  const weightQ = f32x4.mul(background, f32x4.sub(one, y));
  let inObject = weightP;
  let inBackground = weightQ;
  if (power == 2) {
    inObject = f32x4.mul(weightP, f32x4.mul(q, q));
    inBackground = f32x4.mul(weightQ, f32x4.mul(p, p));
  } else if (power < 0) {
    inObject = f32x4.mul(weightP, exponential(f32x4.mul(gamma, lnQ)));
    inBackground = f32x4.mul(weightQ, exponential(f32x4.mul(gamma, lnP)));
  }
  // d/dp of -inObject · ln p - inBackground · ln q
  let slope = f32x4.sub(f32x4.div(inBackground, q), f32x4.div(inObject, p));
  if (power != 0) {
    const objectTurn = f32x4.div(f32x4.mul(inObject, lnP), q);
    const backgroundTurn = f32x4.div(f32x4.mul(inBackground, lnQ), p);
    slope = fma(gamma, f32x4.sub(objectTurn, backgroundTurn), slope);
  }
  v128.store(gradient, v128.and(f32x4.mul(slope, share), f32x4.eq(p, given)));
  const loss = fma(inObject, lnP, f32x4.mul(inBackground, lnQ));
  // NaN, of which the logarithm knows nothing, stays NaN.
  return f32x4.sub(f32x4.mul(given, f32x4.splat(0)), loss);
}

/**
 * What losses of overlap are made of: Σ y · p and Σ (y + p).
 * `memory`: 64 bytes for each part, four doubles that sum the first and four the second.
 * @args truth prediction pixels memory
 */
export function overlapSums(args: usize, part: i32, parts: i32): void {
  const truth = address(args, 0);
  const toPrediction = address(args, 1) - truth;
  const pixels = whole(args, 2);
  const sums = address(args, 3) + ((<usize>part) << 6);
  memory.fill(sums, 0, 64);
  const last = startOf(part + 1, parts, pixels);
  for (let first = startOf(part, parts, pixels); first < last; first += blockPixels) {
    const end = truth + floatBytes(min(last, first + blockPixels));
    let at = truth + floatBytes(first);
    let both = f32x4.splat(0);
    let all = both;
    for (; at + 16 <= end; at += 16) {
      const y = v128.load(at);
      const p = v128.load(at + toPrediction);
      both = fma(y, p, both);
      all = f32x4.add(all, f32x4.add(y, p));
    }
    addFour(sums, both);
    addFour(sums + 32, all);
    for (; at < end; at += 4) {
      const y: f64 = load<f32>(at);
      const p: f64 = load<f32>(at + toPrediction);
      addDouble(sums, 0, y * p);
      addDouble(sums, 4, y + p);
    }
  }
}

/**
 * Their gradient, slope · y + constant.
 * @args truth gradient pixels slope constant
 */
export function overlapGradient(args: usize, part: i32, parts: i32): void {
  const truth = address(args, 0);
  const toGradient = address(args, 1) - truth;
  const pixels = whole(args, 2);
  const slope = f32x4.splat(real(args, 3));
  const constant = f32x4.splat(real(args, 4));
  const end = truth + floatBytes(startOf(part + 1, parts, pixels));
  let at = truth + floatBytes(startOf(part, parts, pixels));
  for (; at + 16 <= end; at += 16) v128.store(at + toGradient, fma(v128.load(at), slope, constant));
  for (; at < end; at += 4) store<f32>(at + toGradient, load<f32>(at) * real(args, 3) + real(args, 4));
}
