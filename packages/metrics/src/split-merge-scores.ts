import { defineMetric, type Factory, type Metric, type MetricParts, type MetricWords } from "@em-stellar/core";
import { objectThresholds, type RegionOverlap, regionOverlaps } from "./region-overlap.js";

/** Options of the scores that count splits and merges of objects. */
export interface SplitMergeOptions {
  /**
   * How images are put together: "macro" is the mean of the images' scores, in which an image without objects counts
   * as 0; "micro" scores all images as if they were one, so that those with more object pixels count for more.
   */
  average: "macro" | "micro";
}

/**
 * Foreground-restricted Rand score after border thinning, V_Rand: how many pairs of object pixels that lie together in
 * the truth lie together in the prediction, and the other way round. Precision falls where objects are merged, recall
 * where one is split. In [0, 1]; the best of eleven thresholds, the same one for all images.
 *
 * `parts()` holds sums over images at each threshold: "macro" `score@0.5`, `precision@0.5` and `recall@0.5`, all to be
 * divided by `images`; "micro" the pairs that lie together in true `objects@0.5`, predicted `regions@0.5`, and `both@0.5`.
 */
export const vRand = splitMergeMetric({
  id: "v-rand",
  summary: "V_Rand after border thinning: F-score of pairs of object pixels, at the best of 11 thresholds",
  words: {
    label: "V-Rand",
    meaning:
      "how well pairs of object pixels are kept together or apart as in the truth; counts splits and merges of objects.",
    paper: { column: 2, positive: "object" },
  },
  sums: {
    objects: ({ pairs }) => pairs.objects,
    regions: ({ pairs }) => pairs.regions,
    both: ({ pairs }) => pairs.both,
  },
  score({ objects, regions, both }) {
    if (objects === 0) return nothing;
    return { score: (2 * both) / (objects + regions), precision: both / regions, recall: both / objects };
  },
});

/**
 * Foreground-restricted information-theoretic score after border thinning, V_Info: how much the predicted region of a
 * pixel tells about its true object, over what there is to tell (precision) and over what the region could tell
 * (recall). In [0, 1]; 0 where the truth has a single object or the prediction a single region. The best of eleven
 * thresholds, the same one for all images. `parts()` as for {@link vRand}, "micro" with `both@0.5` and the others in nats.
 */
export const vInfo = splitMergeMetric({
  id: "v-info",
  summary: "V_Info after border thinning: F-score of shared information, at the best of 11 thresholds",
  words: {
    label: "V-Info",
    meaning: "how much the predicted objects tell about the true ones; counts splits and merges of objects.",
    paper: { column: 3, positive: "object" },
  },
  sums: {
    pixels: ({ pixels }) => pixels,
    pixelsLogPixels: ({ pixels }) => (pixels === 0 ? 0 : pixels * Math.log(pixels)),
    objectCount: ({ objects }) => objects,
    regionCount: ({ regions }) => regions,
    objects: ({ information }) => information.objects,
    regions: ({ information }) => information.regions,
    both: ({ information }) => information.both,
  },
  score({ pixels, pixelsLogPixels, objectCount, regionCount, objects, regions, both }) {
    if (pixels === 0) return nothing;
    // By the counts: a float that should be 0 need not be.
    if (regionCount === 1) return { score: 0, precision: 1, recall: 0 };
    if (objectCount === 1) return { score: 0, precision: 0, recall: 1 };
    // Of several images, an object or a region also tells which image it is in.
    const image = pixels * Math.log(pixels) - pixelsLogPixels;
    const shared = Math.max(0, objects + regions - both + image);
    const share = (whole: number) => Math.min(1, shared / (whole + image)); // rounding may exceed 1
    return { score: share((objects + regions) / 2), precision: share(objects), recall: share(regions) };
  },
});

/** Harmonic mean of precision and recall, and both. */
interface SplitMergeScore {
  readonly score: number;
  readonly precision: number;
  readonly recall: number;
}

/** The score where there is no object. */
const nothing: SplitMergeScore = { score: 0, precision: 0, recall: 0 };

function splitMergeMetric<const Id extends string, Sum extends string>({
  id,
  summary,
  words,
  sums,
  score,
}: {
  id: Id;
  summary: string;
  words: Partial<MetricWords>;
  /** What adds up over images whose objects and regions are all different ones. */
  sums: Readonly<Record<Sum, (overlap: RegionOverlap) => number>>;
  score: (sums: Readonly<Record<Sum, number>>) => SplitMergeScore;
}): Factory<Metric<Id>, SplitMergeOptions> {
  const record = (of: (sum: Sum) => number) =>
    Object.fromEntries((Object.keys(sums) as Sum[]).map((sum) => [sum, of(sum)])) as Record<Sum, number>; // the keys of sums
  const sumsOf = (overlap: RegionOverlap) => record((sum) => sums[sum](overlap));
  const scoreAt = (threshold: number, parts: MetricParts, { average }: SplitMergeOptions) => {
    const part = (name: string) => parts[partName(name, threshold)] ?? 0;
    return average === "macro" ? part("score") / (parts.images ?? 0) : score(record(part)).score;
  };
  const best = (parts: MetricParts, options: SplitMergeOptions) =>
    parts.images ? Math.max(...objectThresholds.map((threshold) => scoreAt(threshold, parts, options))) : undefined;
  return defineMetric({
    id,
    summary,
    words: {
      family: "regions",
      computed: "after thinning, as the maximum over thresholds from 0 to 1 in steps of 0.1 of the mean over images",
      ...words,
    },
    citation:
      "I. Arganda-Carreras et al. Crowdsourcing the creation of image segmentation algorithms for connectomics. Frontiers in Neuroanatomy 9:142, 2015.",
    defaults: { average: "macro" },
    check: ({ average }) =>
      average === "macro" || average === "micro"
        ? undefined
        : `needs "macro" or "micro" for "average", but was given ${JSON.stringify(average)}.`,
    goal: "maximize",
    range: [0, 1],
    fromParts: best,
    accumulate(options: SplitMergeOptions) {
      const parts: Record<string, number> = { images: 0 };
      const add = (name: string, value: number) => {
        parts[name] = (parts[name] ?? 0) + value;
      };
      return {
        add(pair) {
          add("images", 1);
          for (const overlap of pair.derive(regionOverlaps)) {
            const image = sumsOf(overlap);
            const quantities: MetricParts = options.average === "macro" ? { ...score(image) } : image;
            for (const [name, value] of Object.entries(quantities)) add(partName(name, overlap.threshold), value);
          }
        },
        result: () => best(parts, options),
        parts: () => ({ ...parts }),
      };
    },
  });
}

/** `score@0.3`. */
function partName(name: string, threshold: number): string {
  return `${name}@${threshold.toFixed(1)}`;
}
