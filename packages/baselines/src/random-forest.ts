import type { Random } from "@em-stellar/core";
import { binned, thresholdOf } from "./bins.js";

/** How a forest grows. */
export interface ForestOptions {
  readonly trees: number;
  /** Most decisions from the root to a leaf. */
  readonly depth: number;
  /** Fewest training rows in a leaf. */
  readonly leaf: number;
}

/** Rows to learn from: one column of values for each feature, and the class of each row. */
export interface ForestData {
  readonly columns: readonly Float32Array[];
  /** 1 for the object, 0 for the background. */
  readonly classes: Uint8Array;
  /** What a row of background counts, then one of the object. */
  readonly weights: readonly [number, number];
}

/** A decision tree in arrays: node `i` asks whether `feature[i]` is above `threshold[i]`; its children are `child[i]` (no) and the one after it. */
export interface Tree {
  /** -1 for a leaf. */
  readonly feature: Int16Array;
  readonly threshold: Float32Array;
  readonly child: Int32Array;
  /** The weighted share of the object among the rows of a node. */
  readonly share: Float32Array;
}

/** Trees, and how much each feature lowers the Gini impurity in all of them, adding up to 1 (0 where no tree decides anything). */
export interface Forest {
  readonly trees: readonly Tree[];
  readonly importances: Float64Array;
}

/**
 * A random forest (Breiman, 2001, doi:10.1023/A:1010933404324): each tree learns from as many rows as there are, drawn with
 * replacement, and looks for the decision of lowest Gini impurity among √(number of features) features, drawn at each node,
 * that differ there. Values are compared in up to 256 steps of equal numbers of rows.
 */
export function growForest(data: ForestData, options: ForestOptions, random: Random): Forest {
  const bins = data.columns.map(binned);
  const importances = new Float64Array(data.columns.length);
  const trees = Array.from({ length: options.trees }, () => growTree(data, bins, options, random, importances));
  const sum = importances.reduce((total, each) => total + each, 0);
  return { trees, importances: sum > 0 ? importances.map((each) => each / sum) : importances };
}

type Bins = ReturnType<typeof binned>;

/** Rows of a node that wait to be split. */
interface Waiting {
  readonly node: number;
  readonly from: number;
  readonly to: number;
  readonly depth: number;
}

function growTree(
  { classes, weights }: ForestData,
  bins: readonly Bins[],
  { depth: most, leaf }: ForestOptions,
  random: Random,
  importances: Float64Array,
): Tree {
  const rows = Uint32Array.from(classes, () => random.integer(classes.length));
  const nodes = { feature: [-1], threshold: [0], child: [0], share: [0] };
  const find = createSplitter(classes, weights, bins, leaf, random);
  const waiting: Waiting[] = [{ node: 0, from: 0, to: rows.length, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, from, to, depth } = next;
    let objects = 0;
    for (let i = from; i < to; i++) objects += classes[rows[i] as number] as number;
    const weight = [(to - from - objects) * weights[0], objects * weights[1]] as const;
    nodes.share[node] = weight[1] / (weight[0] + weight[1]);
    if (depth === most || to - from < 2 * leaf || objects === 0 || objects === to - from) continue;
    const split = find(rows, from, to, objects);
    if (!split) continue;
    const { feature, bin, gain } = split;
    const { codes } = bins[feature] as Bins; // one for each feature
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = rows[i] as number;
      if ((codes[row] as number) > bin) continue;
      rows[i] = rows[middle] as number;
      rows[middle++] = row;
    }
    importances[feature] = (importances[feature] as number) + gain;
    const child = nodes.feature.length;
    nodes.feature[node] = feature;
    nodes.threshold[node] = thresholdOf(bins[feature] as Bins, bin);
    nodes.child[node] = child;
    for (let i = 0; i < 2; i++) {
      nodes.feature.push(-1);
      nodes.threshold.push(0);
      nodes.child.push(0);
      nodes.share.push(0);
    }
    waiting.push({ node: child + 1, from: middle, to, depth: depth + 1 });
    waiting.push({ node: child, from, to: middle, depth: depth + 1 });
  }
  return {
    feature: Int16Array.from(nodes.feature),
    threshold: Float32Array.from(nodes.threshold),
    child: Int32Array.from(nodes.child),
    share: Float32Array.from(nodes.share),
  };
}

/** Finds the best decision for some rows among features drawn at random; undefined where no feature parts them. */
function createSplitter(
  classes: Uint8Array,
  [backgroundWeight, objectWeight]: readonly [number, number],
  bins: readonly Bins[],
  leaf: number,
  random: Random,
) {
  const order = Uint16Array.from(bins, (_, i) => i);
  const wanted = Math.max(1, Math.floor(Math.sqrt(bins.length)));
  const [all, ofObject] = [new Uint32Array(256), new Uint32Array(256)];
  return (rows: Uint32Array, from: number, to: number, objects: number) => {
    const total = [(to - from - objects) * backgroundWeight, objects * objectWeight] as const;
    const before = purity(total[0], total[1]);
    let best: { feature: number; bin: number; gain: number } | undefined;
    let seen = 0;
    for (let i = 0; i < order.length && seen < wanted; i++) {
      const j = i + random.integer(order.length - i);
      const feature = order[j] as number;
      order[j] = order[i] as number;
      order[i] = feature;
      const { codes, count } = bins[feature] as Bins; // one for each feature
      all.fill(0, 0, count);
      ofObject.fill(0, 0, count);
      for (let r = from; r < to; r++) {
        const row = rows[r] as number;
        const code = codes[row] as number;
        all[code] = (all[code] as number) + 1;
        ofObject[code] = (ofObject[code] as number) + (classes[row] as number);
      }
      if (all.indexOf(to - from) !== -1) continue; // the same for all of these rows
      seen++;
      let [below, objectsBelow] = [0, 0];
      for (let bin = 0; bin < count - 1; bin++) {
        if (all[bin] === 0) continue;
        below += all[bin] as number;
        objectsBelow += ofObject[bin] as number;
        if (below < leaf) continue;
        if (to - from - below < leaf) break;
        const [background, object] = [(below - objectsBelow) * backgroundWeight, objectsBelow * objectWeight];
        const gain = purity(background, object) + purity(total[0] - background, total[1] - object) - before;
        if (gain > (best?.gain ?? 1e-9)) best = { feature, bin, gain };
      }
    }
    return best;
  };
}

/** The weight of some rows times 1 minus their Gini impurity. */
function purity(background: number, object: number): number {
  const sum = background + object;
  return sum === 0 ? 0 : (background ** 2 + object ** 2) / sum;
}

/** The mean share of the object in the leaves that each row comes to; one plane of values for each feature. */
export function forestShares({ trees }: Forest, columns: readonly Float32Array[]): Float32Array {
  const count = columns[0]?.length ?? 0;
  const shares = new Float32Array(count);
  const width = columns.length;
  const block = new Float32Array(width * 1024); // small enough to stay near the processor while all trees read it
  for (let from = 0; from < count; from += 1024) {
    const size = Math.min(1024, count - from);
    for (let f = 0; f < width; f++) {
      const column = columns[f] as Float32Array;
      for (let i = 0; i < size; i++) block[i * width + f] = column[from + i] as number;
    }
    for (const tree of trees) addShares(tree, block, width, size, shares, from);
  }
  return shares.map((sum) => sum / trees.length);
}

function addShares(
  { feature, threshold, child, share }: Tree,
  block: Float32Array,
  width: number,
  size: number,
  shares: Float32Array,
  from: number,
): void {
  for (let i = 0; i < size; i++) {
    const row = i * width;
    let node = 0;
    for (let f = feature[0] as number; f >= 0; f = feature[node] as number) {
      node = (child[node] as number) + +((block[row + f] as number) > (threshold[node] as number));
    }
    shares[from + i] = (shares[from + i] as number) + (share[node] as number);
  }
}
