import { InputError } from "@em-stellar/core";
import type { Plan } from "../plan.js";

/**
 * A plan with other data that networks are trained and scored on as well. Throws `InputError` where its images have another
 * number of channels.
 */
export function withData(plan: Plan, name: string, other: Plan): Plan {
  const [own, first] = [plan.data.train[0], other.data.train[0]];
  if (own && first && own.channels !== first.channels) {
    throw new InputError(
      `its images have ${first.channels} channels, but those of the suite's data have ${own.channels}. A network takes one number of channels: convert the images.`,
    );
  }
  const { data, folds, jobs, warnings } = other;
  const transferTo = { ...plan.transferTo, [name]: { data, folds } };
  return {
    ...plan,
    transferTo,
    jobs: [...plan.jobs, ...jobs],
    warnings: [
      ...plan.warnings,
      ...warnings.map(({ code, message }) => ({ code, message: `${name}: ${message}` })),
      ...warnOfSharedImages(
        [
          [plan.suite, plan.data],
          ...Object.entries(plan.transferTo ?? {}).map(([of, { data }]) => [of, data] as const),
        ],
        [name, data],
      ),
    ],
  };
}

type Named = readonly [name: string, data: Plan["data"]];

/** Warns of test images of one source that are training images of another. */
function warnOfSharedImages(earlier: readonly Named[], added: Named): Plan["warnings"] {
  return earlier.flatMap((other) => [...sharedImages(other, added), ...sharedImages(added, other)]);
}

function sharedImages([trained, { train }]: Named, [tested, { test }]: Named): Plan["warnings"] {
  const learnt = new Map(train.map(({ image, id }) => [image, id]));
  const found = test.filter(({ image }) => learnt.has(image));
  const [first] = found;
  if (!first) return [];
  return [
    {
      code: "leak",
      message: `${found.length} of ${test.length} test images of ${tested} are training images of ${trained}: "${first.id}" is "${learnt.get(first.image)}". Scores on ${tested} of networks trained on ${trained} show how well they remember.`,
    },
  ];
}
