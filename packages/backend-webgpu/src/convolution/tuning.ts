import { util } from "@tensorflow/tfjs-core";
import type { Compute, Shader } from "../compute.js";
import { mostPromising, rankTiles, type Work } from "./choose.js";
import { type Tile, tileName } from "./tile.js";

/** A product to be shared out into tiles. */
export interface Task<P extends Plan = Plan> extends Work {
  /** Names the product, whatever its tile. */
  readonly key: string;
  plan(tile: Tile): P;
}

/** What a product runs with one tile. */
export interface Plan {
  readonly shader: Shader;
  /** Numbers of elements of the shader's buffers. */
  readonly buffers: readonly number[];
}

/** Knows which tile is fastest for which product. */
export interface Tuning {
  /** The fastest tile as far as is known; else the one that should be. */
  tileFor(task: Task): Tile;
  /** Measures the products that were met in a rehearsal and never before, and says after each how many are still to come. */
  tune(): AsyncGenerator<number>;
}

/** What tuning found out earlier on the same adapter: names of tiles by keys of products. */
export interface TuningNotes {
  read(): Promise<Readonly<Record<string, string>>>;
  /** Adds to what is there. */
  add(found: Readonly<Record<string, string>>): Promise<void>;
}

/** So many of the tiles that should be best are tried out. */
const candidates = 4;

/** Milliseconds that a measurement should last, so that what it costs to begin does not count. */
const enough = 3;

/** `notes` absent: nothing is measured. */
export async function createTuning(compute: Compute, notes?: TuningNotes): Promise<Tuning> {
  const best = new Map(Object.entries((await notes?.read()) ?? {}));
  const chosen = new Map<string, Tile>();
  const pending = new Map<string, Task>();
  const rank = (task: Task) => rankTiles(task, compute);
  return {
    tileFor(task) {
      if (notes && compute.isRehearsing && !best.has(task.key)) pending.set(task.key, task);
      const known = chosen.get(task.key);
      if (known) return known;
      const ranked = rank(task);
      const tile = ranked.find((each) => tileName(each) === best.get(task.key)) ?? (ranked[0] as Tile);
      chosen.set(task.key, tile);
      return tile;
    },
    async *tune() {
      if (!notes || pending.size === 0) return;
      const tasks = [...pending.values()].map((task) => ({ task, tiles: mostPromising(rank(task), candidates) }));
      pending.clear();
      for (const { task, tiles } of tasks) compute.compile(tiles.map((tile) => task.plan(tile).shader));
      for await (const left of compute.compiled()) yield tasks.length + left;
      const found: Record<string, string> = {};
      for (const [i, { task, tiles }] of tasks.entries()) {
        yield tasks.length - i;
        const fastest = await fastestOf(compute, task, tiles);
        chosen.set(task.key, fastest);
        found[task.key] = tileName(fastest);
        best.set(task.key, tileName(fastest));
      }
      await notes.add(found);
    },
  };
}

async function fastestOf(compute: Compute, task: Task, tiles: readonly Tile[]): Promise<Tile> {
  let fastest = tiles[0] as Tile;
  let least = Number.POSITIVE_INFINITY;
  for (const tile of tiles) {
    const time = await timeOf(compute, task, tile);
    if (time < least) [fastest, least] = [tile, time];
  }
  return fastest;
}

/** Milliseconds of one run, with whatever values are in memory: they do not change how long it takes. */
async function timeOf(compute: Compute, task: Task, tile: Tile): Promise<number> {
  const { shader, buffers } = task.plan(tile);
  const tensors = buffers.map((size) => compute.output([size]));
  const measure = async (times: number) => {
    const start = util.now();
    for (let i = 0; i < times; i++) compute.run(shader, tensors);
    await compute.finished();
    return util.now() - start;
  };
  await measure(1);
  const once = await measure(1);
  const times = Math.min(100, Math.ceil(enough / Math.max(once, 0.01)));
  const time = times === 1 ? once : (await measure(times)) / times;
  for (const tensor of tensors) compute.release(tensor);
  return time;
}
