import "@tensorflow/tfjs-backend-cpu";
import {
  binarize,
  type Component,
  defineDataSource,
  defineMetric,
  EmStellarError,
  maskOf,
  type Sample,
} from "@em-stellar/core";
import { componentChecks } from "@em-stellar/core/testing/components";
import { defineLoss, defineOptimizer, type Loss, type Optimizer } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(() => tf.setBackend("cpu"));

type Checked = Parameters<typeof componentChecks>[0];

/** The messages of the checks that a component fails, by their names. */
async function problemsOf(component: Checked): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { name, run } of componentChecks(component)) {
    await run().catch((error: EmStellarError) => {
      expect(error).toBeInstanceOf(EmStellarError);
      found[name] = error.message;
    });
  }
  return found;
}

/** It fails this check, and no other. */
async function expectOnly(component: Checked, check: string, message: string): Promise<void> {
  expect(await problemsOf(component)).toEqual({ [check]: expect.stringContaining(message) });
}

describe("metrics", () => {
  type Maps = { truth: Parameters<typeof binarize>[0]; prediction: Parameters<typeof binarize>[0] };
  /** Share of pixels that are right, with some parts replaced. */
  const agreement = (
    change: {
      goal?: "maximize" | "minimize";
      range?: [number, number];
      score?: (right: number, pixels: number) => number | undefined;
      isRight?: (maps: Maps, i: number) => boolean;
      carried?: boolean;
      fromParts?: (sums: Record<string, number>) => number;
    } = {},
  ) => {
    const isSame = ({ truth, prediction }: Maps, i: number) => binarize(truth)[i] === binarize(prediction)[i];
    const { goal = "maximize", range = [0, 1], score = (right, pixels) => right / pixels, isRight = isSame } = change;
    let kept = 0;
    return defineMetric({
      id: "agreement",
      summary: "Share of pixels that are right",
      defaults: {},
      goal,
      range,
      accumulate() {
        let [right, pixels] = [0, 0];
        return {
          add(maps) {
            for (let i = 0; i < maps.truth.data.length; i++) {
              right += Number(isRight(maps, i));
              pixels++;
            }
            if (change.carried) right -= kept++ / 1000;
          },
          result: () => (pixels === 0 ? undefined : score(right, pixels)),
          parts: () => ({ right, pixels }),
        };
      },
      ...(change.fromParts && { fromParts: change.fromParts }),
    })();
  };

  it("a sound one passes", async () => {
    const fromParts = ({ right = 0, pixels = 0 }) => right / pixels;
    expect(await problemsOf(agreement({ fromParts }))).toEqual({});
  });

  it("one that leaves its range, and one that gives NaN", async () => {
    await expectOnly(agreement({ range: [0, 0.5] }), "stays within its range", "outside its range [0,0.5]");
    const undefinedAsNaN = agreement({ score: (right, pixels) => (right === 0 ? Number.NaN : right / pixels) });
    expect((await problemsOf(undefinedAsNaN))["stays within its range"]).toContain(
      'metric "agreement" gives NaN for the truth turned over. Where a score is not defined, result() returns undefined.',
    );
  });

  it("one whose goal is the wrong way round", async () => {
    await expectOnly(
      agreement({ goal: "minimize" }),
      "gives nothing a better score than the truth itself",
      "is that right",
    );
  });

  it("one that takes stored numbers for probabilities", async () => {
    const stored = agreement({
      isRight: ({ truth, prediction }, i) => binarize(truth)[i] === Number((prediction.data[i] ?? 0) > 128),
    });
    expect((await problemsOf(stored))["reads a map in any number format"]).toContain("use binarize(map)");
  });

  it("one that carries sums over from one accumulator to the next", async () => {
    const problems = await problemsOf(agreement({ carried: true }));
    expect(problems["gives the same score again"]).toContain("Keep sums inside accumulate()");
  });

  it("one whose parts do not add up", async () => {
    await expectOnly(
      agreement({ fromParts: ({ right = 0 }) => right / 108 }),
      "has parts that add up",
      "Leave fromParts out",
    );
  });
});

describe("losses", () => {
  const loss = (compute: (truth: tf.Tensor4D, prediction: tf.Tensor4D) => tf.Tensor): Loss =>
    defineLoss({ id: "mine", summary: "", defaults: {}, compute: compute as () => tf.Scalar })(); // checked where it runs
  const squared = (truth: tf.Tensor, prediction: tf.Tensor) => tf.mean(tf.squaredDifference(truth, prediction));

  it("a sound one passes", async () => {
    expect(await problemsOf(loss(squared))).toEqual({});
  });

  it("one that takes the logarithm of 0", async () => {
    const bare = loss((truth, prediction) => tf.neg(tf.mean(tf.mul(truth, tf.log(prediction)))));
    expect((await problemsOf(bare))["stays finite where predictions are certain"]).toContain("clip before a logarithm");
  });

  it("one of the wrong sign", async () => {
    await expectOnly(
      loss((...maps) => tf.neg(squared(...maps))),
      "is lowest for the truth itself",
      "Is a sign wrong?",
    );
  });

  it("one whose gradient is not that of its values", async () => {
    const halved = tf.customGrad((...args) => {
      const [truth, prediction, save] = args as unknown as [tf.Tensor, tf.Tensor, tf.GradSaveFunc]; // how tfjs calls it
      const difference = tf.sub(prediction, truth);
      save([difference]);
      return {
        value: tf.mean(tf.square(difference)),
        gradFunc: (_, [saved]) => [tf.zerosLike(saved as tf.Tensor), tf.div(saved as tf.Tensor, difference.size)],
      };
    });
    await expectOnly(
      loss((truth, prediction) => halved(truth, prediction)),
      "has the gradient of its values",
      "fix its customGrad",
    );
  });

  it("one that keeps tensors", async () => {
    await expectOnly(
      loss((...maps) => tf.keep(squared(...maps))),
      "leaves no tensor behind",
      "leaves 1 tensors behind",
    );
  });
});

describe("optimizers", () => {
  const optimizer = (create: () => tf.Optimizer): Optimizer =>
    defineOptimizer({ id: "mine", summary: "", defaults: {}, create })();

  it("a sound one passes", async () => {
    expect(await problemsOf(optimizer(() => tf.train.sgd(0.05)))).toEqual({});
  });

  it("one that climbs, and one that diverges", async () => {
    await expectOnly(
      optimizer(() => tf.train.sgd(-0.05)),
      "brings a loss down",
      "Steps go against the gradient",
    );
    expect((await problemsOf(optimizer(() => tf.train.sgd(10))))["brings a loss down"]).toContain("too high");
  });

  it("one that hands out the same optimizer each time", async () => {
    const shared = tf.train.momentum(0.01, 0.9);
    shared.dispose = () => {};
    expect((await problemsOf(optimizer(() => shared)))["starts afresh each time"]).toContain(
      "a new optimizer each time",
    );
  });

  it("one that forgets its state", async () => {
    class Forgetful extends tf.MomentumOptimizer {
      override async setWeights() {}
    }
    await expectOnly(
      optimizer(() => new Forgetful(0.01, 0.9)),
      "continues from its saved state",
      "getWeights and setWeights must hold all of its state",
    );
  });
});

describe("data sources", () => {
  const sample = (id: string, value: number, mask = maskOf(4, 4, (i) => i < 8)): Sample => ({
    id,
    image: async () => ({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(value) }),
    mask: async () => mask,
  });
  const source = (train: () => readonly Sample[], test: readonly Sample[]) =>
    defineDataSource({ id: "mine", summary: "", defaults: {}, open: async () => ({ train: train(), test }) })();
  const [a, b, c] = [sample("a", 1), sample("b", 2), sample("c", 3)];

  it("a sound one passes", async () => {
    expect(await problemsOf(source(() => [a, b], [c]))).toEqual({});
  });

  it("one without test images, or with a name twice", async () => {
    await expectOnly(
      source(() => [a, b], []),
      "lists samples to learn from and to test on",
      'no samples in "test"',
    );
    await expectOnly(
      source(() => [a, b], [sample("a", 4)]),
      "lists samples to learn from and to test on",
      'named "a"',
    );
  });

  it("one whose mask has another size, or nothing in it", async () => {
    const wide = sample(
      "c",
      3,
      maskOf(5, 4, (i) => i < 8),
    );
    await expectOnly(
      source(() => [a, b], [wide]),
      "gives each sample an image and a mask of one size",
      "5 × 4 with 20",
    );
    const empty = sample(
      "a",
      1,
      maskOf(4, 4, () => false),
    );
    await expectOnly(
      source(() => [empty], [c]),
      "has objects and background to learn from",
      "all background",
    );
  });

  it("one that tests on what it trains on", async () => {
    await expectOnly(
      source(() => [a, b], [sample("c", 2)]),
      "tests on no image that it trains on",
      'training image "b"',
    );
  });

  it("one that draws other images each time", async () => {
    let draws = 10;
    await expectOnly(
      source(() => [a, sample("b", draws++)], [c]),
      "gives the same again",
      "Seed what is drawn",
    );
  });
});

it("an id in capitals and an option that no file can hold are named", async () => {
  const odd = defineOptimizer({ id: "Mine", summary: "", defaults: {}, create: () => tf.train.sgd(0.1) })();
  expect((await problemsOf(odd))["is described"]).toContain("kebab-case");
  const asFunction: Component = { ...odd, id: "mine", options: { rate: () => 1 } };
  expect((await problemsOf(asFunction as Optimizer))["is described"]).toContain(
    'the option "rate", which JSON cannot hold',
  );
});
