import type * as tf from "@tensorflow/tfjs-core";

/** How long training steps take, in milliseconds. */
export interface StepTime {
  /** The very first, which compiles the shaders that no warm-up has. */
  readonly first: number;
  /** The median of the rounds. */
  readonly step: number;
  /** A step's mean in each round of steps that are queued one after the other, with one read at the end. */
  readonly rounds: readonly number[];
  /** What the processor spends on queueing a step, while the GPU may be at work. */
  readonly queueing: number;
  readonly stepsInRound: number;
  /** The last loss: a number, or the step computes nothing. */
  readonly loss: number;
}

/** Times a step that gives its loss: two to warm up, then three rounds of at most `steps` steps in about so many seconds. */
export async function stepTime(queue: () => tf.Scalar, steps: number, seconds: number): Promise<StepTime> {
  let queueing = 0;
  let loss = Number.NaN;
  const round = async (count: number): Promise<number> => {
    const start = performance.now();
    let last: tf.Scalar | undefined;
    for (let i = 0; i < count; i++) {
      last?.dispose();
      last = queue();
    }
    queueing = (performance.now() - start) / count;
    loss = (await last?.data())?.[0] ?? Number.NaN;
    last?.dispose();
    return (performance.now() - start) / count;
  };
  const first = await round(1);
  const alone = await round(1);
  const stepsInRound = Math.max(1, Math.min(steps, Math.floor((1000 * seconds) / 3 / alone)));
  const rounds = [await round(stepsInRound), await round(stepsInRound), await round(stepsInRound)];
  if (!Number.isFinite(loss)) throw new Error(`The loss became ${loss}.`);
  return { first, step: median(rounds), rounds, queueing, stepsInRound, loss };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number; // of an odd number
}
