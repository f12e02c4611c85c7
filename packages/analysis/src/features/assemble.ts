import type { NetworkFeatures } from "@em-stellar/core";
import type { Block } from "./blocks.js";
import type { FeatureLayer } from "./feature-layers.js";
import type { PairCounts } from "./pair-counts.js";

/** Where the channels of a layer are counted: layers of a block lie one after another, block by block. */
export interface Place {
  readonly layer: FeatureLayer;
  readonly block: number;
  /** First channel of the layer among all channels. */
  readonly start: number;
  /** First channel of its block among all channels. */
  readonly blockStart: number;
}

/** One place for each layer, in the order of `layers`. */
export function placesOf(layers: readonly FeatureLayer[], blocks: readonly Block[]): Place[] {
  const places = new Map<FeatureLayer, Place>();
  let start = 0;
  blocks.forEach((block, i) => {
    const blockStart = start;
    for (const layer of block.layers) {
      places.set(layer, { layer, block: i, start, blockStart });
      start += layer.channels;
    }
  });
  return layers.map((layer) => places.get(layer) as Place); // every layer is in a block
}

/** What was counted while images went by. */
export interface Counted {
  readonly images: number;
  /** On how many images each channel is constant. */
  readonly constantOn: Uint32Array;
  /** Feature maps with a twin, of each block. */
  readonly twins: readonly number[];
  /** Of two blocks, the first at most the second. */
  readonly countsOf: (first: number, second: number) => PairCounts;
}

/** The record of a network from what was counted. */
export function assemble(blocks: readonly Block[], { images, constantOn, twins, countsOf }: Counted): NetworkFeatures {
  const pairs = blocks.flatMap((_, a) =>
    blocks.slice(a).map((_, more) => ({ blocks: [a, a + more] as [number, number], counts: countsOf(a, a + more) })),
  );
  const total = sum(pairs, ({ counts }) => counts.pairs);
  const constantMaps = sum([...constantOn], (count) => count);
  const maps = constantOn.length * images;
  let start = 0;
  return {
    channels: constantOn.length,
    maps,
    blocks: blocks.map(({ name, place, reduction, layers }, i) => {
      const channels = sum(layers, (layer) => layer.channels);
      const constant = [...constantOn.subarray(start, start + channels)];
      start += channels;
      return {
        name,
        place,
        reduction,
        layers: layers.map((layer) => ({ name: layer.name, channels: layer.channels })),
        channels,
        dead: constant.filter((count) => count === images).length,
        constantMaps: sum(constant, (count) => count),
        twins: twins[i] as number, // one for each block
      };
    }),
    pairs: pairs.map(({ blocks, counts: { pairs, sumAbs, above, histogram } }) => ({
      blocks,
      pairs,
      meanAbs: share(sumAbs, pairs),
      above,
      histogram,
    })),
    redundancy: {
      meanAbs: share(
        sum(pairs, ({ counts }) => counts.sumAbs),
        total,
      ),
      above: share(
        sum(pairs, ({ counts }) => counts.above),
        total,
      ),
      twins:
        total > 0
          ? share(
              sum(twins, (count) => count),
              maps - constantMaps,
            )
          : null,
    },
  };
}

function share(part: number, of: number): number | null {
  return of > 0 ? part / of : null;
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
