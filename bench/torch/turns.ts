import type { TorchOptions } from "./options.js";
import type { Mode, Peer, Seconds } from "./peer.js";
import { type Spread, spreadOf } from "./spread.js";

/** By the clock, and of the processor. */
export type Spreads = { readonly [kind in keyof Seconds]: Spread };

/** What both sides took; PyTorch's by mode, ours as `ours`. */
export interface Turns {
  /** Milliseconds of one step or prediction. */
  readonly milliseconds: Readonly<Record<string, Spreads>>;
  /** PyTorch's time over ours, round by round. */
  readonly ratios: Readonly<Record<string, Spreads>>;
}

/** Lets both sides work in turns, who begins changing from round to round. */
export async function takeTurns(
  work: () => Promise<unknown>,
  peer: Peer,
  modes: readonly Mode[],
  { rounds, seconds }: Pick<TorchOptions, "rounds" | "seconds">,
): Promise<Turns> {
  const ours = async (times: number): Promise<Seconds> => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    for (let i = 0; i < times; i++) await work();
    const { user, system } = process.cpuUsage(before);
    return { wall: (performance.now() - start) / 1000, processor: (user + system) / 1e6 };
  };
  const sides = new Map<string, (times: number) => Promise<Seconds>>([["ours", ours]]);
  for (const mode of modes) sides.set(mode, (times) => peer.work(mode, times));
  await ours(3);
  for (const mode of modes) await peer.work(mode, 2);
  const times = Math.max(1, Math.round(seconds / (await ours(1)).wall));
  const taken = new Map<string, Seconds[]>([...sides.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const order = [...sides];
    for (const [name, turn] of [...order.slice(round % order.length), ...order.slice(0, round % order.length)]) {
      const { wall, processor } = await turn(times);
      taken.get(name)?.push({ wall: wall / times, processor: processor / times });
    }
  }
  const mine = taken.get("ours") as Seconds[];
  const both = (of: (kind: "wall" | "processor") => number[]) => ({
    wall: spreadOf(of("wall")),
    processor: spreadOf(of("processor")),
  });
  const others = [...taken].filter(([name]) => name !== "ours");
  return {
    milliseconds: Object.fromEntries(
      [...taken].map(([name, all]) => [name, both((kind) => all.map((each) => 1000 * each[kind]))]),
    ),
    ratios: Object.fromEntries(
      others.map(([name, all]) => [
        name,
        both((kind) => all.map((each, i) => each[kind] / (mine[i] as Seconds)[kind])),
      ]),
    ),
  };
}
