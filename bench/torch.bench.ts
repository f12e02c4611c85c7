/**
 * Training steps and predictions on the processor beside PyTorch: the same networks with the same weights, in turns, on one
 * thread and on two. PyTorch computes in a process of its own, and first has to compute the same. `npm run bench torch`, after
 * scripts/install-torch.sh; `npm run bench torch -- --help`. Numbers also go to bench/results/torch.json. With `--score`, both
 * train to a score on test images instead, which goes to bench/results/torch-score.json.
 */
import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { wasm } from "@em-stellar/backend-wasm";
import { runFromCommandLine } from "./command-line.js";
import { contestant } from "./torch/contestant.js";
import { parseOptions, type TorchOptions, usage } from "./torch/options.js";
import { type Load, modes, type Peer, startPeer } from "./torch/peer.js";
import { type Measurement, print, tableOf } from "./torch/report.js";
import { compare } from "./torch/same-network.js";
import { compareScores } from "./torch/score/compare-scores.js";
import { takeTurns } from "./torch/turns.js";
import { cases } from "./training-step/cases.js";

/** Side of the images that are predicted; training steps have the sides of the cases. */
const predictedSide = 512;

async function compareTimes(options: TorchOptions): Promise<void> {
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
  const file = new URL("results/torch.json", import.meta.url);
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
          const others = modes.filter((mode) => mode !== "compile" || compiled);
          const agreement = await compare(ours, load, peer, others, threads);
          const turns = await takeTurns(() => ours.work(), peer, others, options);
          ours.dispose();
          const measured = { case: which.name, task, side: sized.side, threads, ...agreement, ...turns };
          results.push(measured);
          print(measured);
          writeFileSync(file, `${JSON.stringify({ ...machine, options, absent: [...absent], results }, null, 2)}\n`);
        }
      }
      await device.dispose();
    }
  } finally {
    peer.end();
  }
  for (const reason of absent) console.log(`\nWithout torch.compile: ${reason}`);
  for (const kind of ["wall", "processor"] as const) {
    console.log(`\nBy ${kind} time, for docs/performance.md:\n\n${tableOf(results, kind)}`);
  }
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

await runFromCommandLine(parseOptions, usage, (options) =>
  options.score ? compareScores(options) : compareTimes(options),
);
