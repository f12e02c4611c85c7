/**
 * Training steps and predictions on the processor beside PyTorch: the same networks with the same weights, in turns, on one
 * thread and on two. PyTorch computes in a process of its own, and first has to compute the same. `npm run bench torch`, after
 * scripts/install-torch.sh; `npm run bench torch -- --help`. Numbers also go to bench/results/torch.json.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { wasm } from "@em-stellar/backend-wasm";
import { contestant } from "./torch/contestant.js";
import { parseOptions, type TorchOptions, usage } from "./torch/options.js";
import { type Load, type Mode, type Peer, type Seconds, startPeer, type Task } from "./torch/peer.js";
import { type Agreement, compare } from "./torch/same-network.js";
import { type Spread, spreadOf } from "./torch/spread.js";
import { cases } from "./training-step/cases.js";

/** Side of the images that are predicted; training steps have the sides of the cases. */
const predictedSide = 512;

interface Measurement extends Agreement {
  readonly case: string;
  readonly task: Task;
  readonly side: number;
  readonly threads: number;
  /** Milliseconds of one step or prediction. */
  readonly milliseconds: Readonly<Record<string, { readonly wall: Spread; readonly processor: Spread }>>;
  /** PyTorch's time over ours, round by round. */
  readonly ratios: Readonly<Record<string, { readonly wall: Spread; readonly processor: Spread }>>;
}

async function main(options: TorchOptions): Promise<void> {
  const peer = await startPeer(options.python, options.instructions);
  const machine = {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    node: process.version,
    ...peer.about,
  };
  const { processor, cores, node, torch, instructions } = machine;
  console.log(`${processor}, ${cores} cores; Node ${node}, PyTorch ${torch} with ${instructions}`);
  const results: Measurement[] = [];
  const absent = new Set<string>();
  try {
    for (const threads of options.threads) {
      const device = await wasm({ threads }).start();
      for (const task of options.tasks) {
        console.log(
          `\n${task}, ${device.description}: milliseconds, and PyTorch's time over ours (middle half of rounds)`,
        );
        for (const which of cases.filter(({ name }) => options.cases.includes(name))) {
          const sized = task === "prediction" ? { ...which, side: predictedSide } : which;
          const ours = contestant(sized, task, device.prepare);
          const load = await ours.describe();
          const compiled = task === "prediction" && options.compile && (await canCompile(peer, load, threads, absent));
          const modes: Mode[] = ["eager", "channels_last", ...(compiled ? (["compile"] as const) : [])];
          const agreement = await compare(ours, load, peer, modes, threads);
          const turns = await takeTurns(() => ours.work(), peer, modes, options);
          ours.dispose();
          const measured = { case: which.name, task, side: sized.side, threads, ...agreement, ...turns };
          results.push(measured);
          print(measured);
        }
      }
      await device.dispose();
    }
  } finally {
    peer.end();
  }
  for (const reason of absent) console.log(`\nWithout torch.compile: ${reason}`);
  const file = new URL("results/torch.json", import.meta.url);
  writeFileSync(file, `${JSON.stringify({ ...machine, options, absent: [...absent], results }, null, 2)}\n`);
}

/** Whether `torch.compile` works here: it needs a C++ compiler. */
async function canCompile(peer: Peer, load: Load, threads: number, absent: Set<string>): Promise<boolean> {
  try {
    await peer.load(load, ["compile"], threads);
    await peer.work("compile", 1);
    return true;
  } catch (cause) {
    absent.add((cause as Error).message.split("\n")[0] as string);
    return false;
  }
}

/** Lets both sides work in turns, who begins changing from round to round. */
async function takeTurns(
  work: () => Promise<unknown>,
  peer: Peer,
  modes: readonly Mode[],
  { rounds, seconds }: TorchOptions,
): Promise<Pick<Measurement, "milliseconds" | "ratios">> {
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

function print({ case: name, side, parameters, difference, milliseconds, ratios }: Measurement): void {
  const ratio = ({ median, lower, upper }: Spread) =>
    `${median.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`.padEnd(22);
  console.log(`\n${name}, ${side}²: ${parameters} weights; values differ by at most ${difference.toExponential(0)}`);
  console.log(`  ${"".padEnd(15)}${"wall".padStart(7)}  ${"ratio".padEnd(22)}${"processor".padStart(9)}  ratio`);
  for (const [side, { wall, processor }] of Object.entries(milliseconds)) {
    const over = ratios[side];
    console.log(
      `  ${side.padEnd(15)}${wall.median.toFixed(0).padStart(7)}  ${over ? ratio(over.wall) : "".padEnd(22)}` +
        `${processor.median.toFixed(0).padStart(9)}  ${over ? ratio(over.processor) : ""}`.trimEnd(),
    );
  }
}

const args = process.argv.slice(2);
if (args.includes("--help")) console.log(usage);
else {
  let options: TorchOptions | undefined;
  try {
    options = parseOptions(args);
  } catch (cause) {
    console.error(`${(cause as Error).message}\n${usage}`);
    process.exitCode = 1;
  }
  if (options) await main(options);
}
