import { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
import type { Sample } from "@em-stellar/core";
import { expect, it } from "vitest";

/** Bright objects; in the left quarter, of which the mask says nothing, bright and dark are the other way round. */
function sample(ignoring: boolean): Sample {
  const [width, height] = [8, 6];
  const all = Array.from({ length: width * height }, (_, i) => i);
  const isOdd = (i: number) => i % width < 2;
  const object = (i: number) => +(i % width > 4);
  return {
    id: "a",
    image: async () => ({
      width,
      height,
      channels: 1,
      data: Uint8Array.from(all, (i) => (isOdd(i) ? 250 : object(i) ? 200 : 20)),
    }),
    mask: async () => ({
      width,
      height,
      data: Uint8Array.from(all, object),
      maximum: 1,
      ...(ignoring && { ignored: Uint8Array.from(all, (i) => +isOdd(i)) }),
    }),
  };
}

it("baselines do not learn from ignored pixels", async () => {
  // 18 of 36 pixels that count are object; of all 48, 18 are.
  expect((await constant().fit([sample(true)])).learnt).toMatchObject({ trainingJaccard: 18 / 36 });
  expect((await constant().fit([sample(false)])).learnt).toMatchObject({ trainingJaccard: 18 / 48 });
  // A threshold between 20 and 200 finds them all; with the quarter, 12 bright pixels more are called object.
  expect((await otsu().fit([sample(true)])).learnt).toMatchObject({ polarity: "bright", trainingJaccard: 1 });
  expect((await otsu().fit([sample(false)])).learnt).toMatchObject({ trainingJaccard: 18 / 30 });
  const sharp = smoothedThreshold({ sigmas: [0] });
  expect((await sharp.fit([sample(true)])).learnt).toMatchObject({ trainingJaccard: 1 });
  expect((await sharp.fit([sample(false)])).learnt).toMatchObject({ trainingJaccard: 18 / 30 });
});
