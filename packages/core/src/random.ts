/** A stream of reproducible random numbers. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform in [low, high). */
  uniform(low: number, high: number): number;
  /** A whole number in [0, bound). */
  integer(bound: number): number;
  /** Normal with mean 0 and standard deviation 1 (Box-Muller). */
  normal(): number;
  /** A new array in random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[];
  /** An independent stream, the same for the same label: what one part draws does not move another. */
  fork(label: string): Random;
  /** What `restoreRandom` continues from. */
  state(): readonly number[];
}

/** A stream that depends on the seed alone: sfc32 (C. Doty-Humphrey, PractRand), the same on every machine. */
export function createRandom(seed: number | string): Random {
  const label = String(seed);
  const state = [hash(label, 0x9e3779b9), hash(label, 0x243f6a88), hash(label, 0xb7e15162), 1];
  const random = restoreRandom(state);
  for (let i = 0; i < 12; i++) random.next(); // let every bit of the seed reach every bit of the state
  return random;
}

/** Continues a stream from a saved `state()`. */
export function restoreRandom(saved: readonly number[]): Random {
  let [a = 0, b = 0, c = 0, counter = 0] = saved;
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  const random: Random = {
    next,
    uniform: (low, high) => low + (high - low) * next(),
    integer: (bound) => Math.floor(next() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    shuffle(items) {
      const shuffled = [...items];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = random.integer(i + 1);
        const held = shuffled[i] as (typeof shuffled)[number];
        shuffled[i] = shuffled[j] as (typeof shuffled)[number];
        shuffled[j] = held;
      }
      return shuffled;
    },
    fork: (label) => createRandom(`${a},${b},${c},${counter}/${label}`),
    state: () => [a, b, c, counter],
  };
  return random;
}

/** FNV-1a with a murmur finish: 32 bits that differ widely for labels that differ little. */
function hash(text: string, basis: number): number {
  let h = basis;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
