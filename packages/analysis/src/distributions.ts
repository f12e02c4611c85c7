/** `P(X ≤ z)` of a standard normal variable, to at least 13 digits, also far out in the lower tail. */
export function normalCdf(z: number): number {
  return z <= 0 ? erfc(-z / Math.SQRT2) / 2 : 1 - erfc(z / Math.SQRT2) / 2;
}

/** The `z` at which {@link normalCdf} is `p`; -∞ at 0, ∞ at 1. */
export function normalQuantile(p: number): number {
  if (Number.isNaN(p)) return p;
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  // The lower half of the distribution function is convex, so Newton's steps from 0 go down to the root and not past it.
  let z = 0;
  for (;;) {
    const next = z - (normalCdf(z) - p) / normalDensity(z);
    if (!(next < z)) return z;
    z = next;
  }
}

/** `P(X ≥ x)` of a chi-squared variable with so many degrees of freedom, a whole number above 0. */
export function chiSquaredTail(x: number, degrees: number): number {
  if (x <= 0) return 1;
  const half = x / 2;
  const isEven = degrees % 2 === 0;
  // Partial sums of exp(x / 2): for whole powers, or for powers that lie between them (Abramowitz & Stegun 26.4.4, 26.4.5).
  let term = isEven ? Math.exp(-half) : Math.exp(-half) * 2 * Math.sqrt(half / Math.PI);
  let tail = isEven ? 0 : erfc(Math.sqrt(half));
  for (let power = isEven ? 0 : 0.5; power < degrees / 2; power++) {
    tail += term;
    term *= half / (power + 1);
  }
  return tail;
}

/** `P(X ≥ f)` of an F variable with so many degrees of freedom between and within, whole numbers above 0. */
export function fTail(f: number, between: number, within: number): number {
  if (f <= 0) return 1;
  return incompleteBeta(within / (within + between * f), within, between);
}

/** The regularised incomplete beta function, `I_x(a / 2, b / 2)`, for whole `a` and `b`. */
function incompleteBeta(x: number, a: number, b: number): number {
  const [p, q] = [a / 2, b / 2];
  // The continued fraction (Abramowitz & Stegun 26.5.8) converges fast below the mean only.
  if (x > (p + 1) / (p + q + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(p * Math.log(x) + q * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / p;
  let fraction = 1;
  for (let m = 200; m > 0; m--) {
    const even = (m * (q - m) * x) / ((p + 2 * m - 1) * (p + 2 * m));
    const odd = (-(p + m - 1) * (p + q + m - 1) * x) / ((p + 2 * m - 2) * (p + 2 * m - 1));
    fraction = 1 + odd / (1 + even / fraction);
  }
  return front / fraction;
}

/** The logarithm of the gamma function of half a whole number. */
function logGamma(doubled: number): number {
  let sum = doubled % 2 === 0 ? 0 : Math.log(Math.PI) / 2;
  for (let k = doubled % 2 === 0 ? 2 : 1; k < doubled; k += 2) sum += Math.log(k / 2);
  return sum;
}

function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** The complementary error function, `2 / √π ∫ exp(-t²) dt` from `x` to ∞, for `x` of 0 or more. */
function erfc(x: number): number {
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 1.5) {
    // erf(x) = 2x exp(-x²) / √π · Σ (2x²)ⁿ / (1 · 3 · … · (2n + 1)): no term is negative, so none cancels another.
    let sum = 0;
    for (let n = 0, term = 1; sum + term > sum; n++) {
      sum += term;
      term *= (2 * x * x) / (2 * n + 3);
    }
    return 1 - 2 * x * scale * sum;
  }
  // Laplace's continued fraction, from its far end: x + (1/2) / (x + 1 / (x + (3/2) / (x + …))).
  let fraction = x;
  for (let n = 120; n > 0; n--) fraction = x + n / 2 / fraction;
  return scale / fraction;
}
