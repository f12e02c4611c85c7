/** The objects of a mask: 4-connected regions. */
interface Objects {
  /** For each pixel the number of its object, from 1; 0 in the background. */
  readonly labels: Int32Array;
  readonly count: number;
}

/** How the objects of a prediction meet those of the truth. */
export interface ObjectCounts {
  /** Objects in the truth. */
  readonly truth: number;
  /** Those of which the prediction covers at least half. */
  readonly found: number;
  /** Those found that one predicted object covers together with others: none of them is an object of its own. */
  readonly merged: number;
  /** Predicted objects that lie in the background with more than half of their pixels. */
  readonly extra: number;
}

/** Numbers the objects of a mask of 0 and 1. */
export function findObjects(mask: Uint8Array, width: number): Objects {
  const labels = new Int32Array(mask.length);
  const stack = new Int32Array(mask.length);
  let count = 0;
  for (let start = 0; start < mask.length; start++) {
    if (!mask[start] || labels[start]) continue;
    count++;
    labels[start] = count;
    stack[0] = start;
    for (let waiting = 1; waiting > 0; ) {
      const i = stack[--waiting] as number;
      const x = i % width;
      const left = i - 1;
      if (x > 0 && mask[left] && !labels[left]) {
        labels[left] = count;
        stack[waiting++] = left;
      }
      const right = i + 1;
      if (x < width - 1 && mask[right] && !labels[right]) {
        labels[right] = count;
        stack[waiting++] = right;
      }
      const up = i - width; // outside of the image, an index reads undefined
      if (mask[up] && !labels[up]) {
        labels[up] = count;
        stack[waiting++] = up;
      }
      const down = i + width;
      if (mask[down] && !labels[down]) {
        labels[down] = count;
        stack[waiting++] = down;
      }
    }
  }
  return { labels, count };
}

/** Counts what was found, merged and extra. */
export function compareObjects(truth: Objects, prediction: Objects): ObjectCounts {
  const found = coverage(truth, prediction).filter(({ share }) => share >= 0.5);
  return {
    truth: truth.count,
    found: found.length,
    merged: found.filter(({ main }, i) => found.some((other, j) => j !== i && other.main === main)).length,
    extra: coverage(prediction, truth).filter(({ share }) => share < 0.5).length,
  };
}

/** For each object, the share of its pixels that lie in any object of the other, and the one that covers most of it. */
function coverage({ labels, count }: Objects, other: Objects): { readonly share: number; readonly main: number }[] {
  const sizes = new Uint32Array(count + 1);
  const covered = new Uint32Array(count + 1);
  const shared = Array.from({ length: count + 1 }, () => new Map<number, number>());
  for (let i = 0; i < labels.length; ) {
    const [from, label, partner] = [i, labels[i] as number, other.labels[i] as number];
    do i++;
    while (i < labels.length && labels[i] === label && other.labels[i] === partner);
    if (label === 0) continue;
    sizes[label] = (sizes[label] as number) + i - from;
    if (partner === 0) continue;
    covered[label] = (covered[label] as number) + i - from;
    const pixels = shared[label] as Map<number, number>; // one for each label
    pixels.set(partner, (pixels.get(partner) ?? 0) + i - from);
  }
  return shared.slice(1).map((pixels, i) => ({
    share: (covered[i + 1] as number) / (sizes[i + 1] as number),
    main: [...pixels].reduce((best, each) => (each[1] > best[1] ? each : best), [0, 0])[0],
  }));
}
