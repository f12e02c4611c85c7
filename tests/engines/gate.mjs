import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { defineMetric, definePlugin } from "@em-stellar/core";

// A gate for the trainings of a run: while the file `<run>.shut` is there, a training that has saved a state waits in its next
// validation, however fast the machine. Trials strike while it waits.

const [, , command, run, job] = process.argv;

function isHeld() {
  if (command !== "job" || !existsSync(`${run}.shut`)) return false;
  return readdirSync(join(run, "jobs", job), { recursive: true }).some((path) => path.endsWith("state.bin"));
}

const gate = defineMetric({
  id: "gate",
  summary: "Always 1, and not before the gate is open",
  defaults: {},
  goal: "maximize",
  range: [1, 1],
  accumulate: () => ({
    add() {},
    result() {
      while (isHeld()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20); // milliseconds
      return 1;
    },
  }),
});

export default definePlugin({ name: "trial-gate", version: "1.0.0", components: [gate] });
