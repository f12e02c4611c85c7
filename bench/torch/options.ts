import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { listOf } from "../command-line.js";
import { cases } from "../training-step/cases.js";
import type { Task } from "./peer.js";

const tasks = ["training step", "prediction"] as const satisfies readonly Task[];

export interface TorchOptions {
  /** Names of the cases to measure. */
  readonly cases: readonly string[];
  readonly tasks: readonly Task[];
  /** Numbers of threads. */
  readonly threads: readonly number[];
  /** How often each side has its turn. */
  readonly rounds: number;
  /** How long a turn of ours should take, about, in seconds. */
  readonly seconds: number;
  /** Whether `torch.compile` takes part in predictions. */
  readonly compile: boolean;
  /** The widest instructions that PyTorch may use; `null`: all that the processor has. */
  readonly instructions: "avx2" | null;
  /** The Python that has PyTorch. */
  readonly python: string;
  /** Whether to train to a score on both sides, and measure no times of single steps. */
  readonly score: boolean;
  /** Of the trainings to a score. */
  readonly seeds: readonly number[];
  /** Of each training to a score. */
  readonly steps: number;
}

/** Where scripts/install-torch.sh puts it. */
const installed = join(homedir(), ".cache", "em-stellar-torch", "bin", "python");

const allSeeds = "1,2,3,4,5,6,7,8";

/** What only the times of single steps go by, and what only a training to a score does. */
const [ofTimes, ofScores] = [
  ["networks", "tasks", "threads", "rounds", "seconds", "no-compile"],
  ["seeds", "steps"],
] as const;

export const usage = `Options, with their defaults:
  --networks ${cases.map(({ name }) => name.split(",")[0]).join(",")}
  --tasks ${tasks.join(",")}
  --threads 1,2
  --rounds 9        how often each side has its turn
  --seconds 0.5     time of one turn of ours, about
  --no-compile      without torch.compile, which needs a C++ compiler
  --instructions avx2   keeps PyTorch from wider ones, as on a processor without AVX-512
  --python PYTHON   a Python with PyTorch; by default the one that scripts/install-torch.sh installs

  --score           trains to a test score on both sides, one thread each, with:
  --seeds ${allSeeds}   of the trainings; those of earlier runs stay in the table
  --steps 800       of each training
  --instructions and --python`;

/** Reads the command line. Throws an error that names the option, what was given and what would do. */
export function parseOptions(args: readonly string[]): TorchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      networks: { type: "string" },
      tasks: { type: "string" },
      threads: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      "no-compile": { type: "boolean" },
      instructions: { type: "string" },
      python: { type: "string" },
      score: { type: "boolean", default: false },
      seeds: { type: "string" },
      steps: { type: "string" },
    },
  });
  const alien = (values.score ? ofTimes : ofScores).find((name) => values[name] !== undefined);
  if (alien) throw new Error(`--${alien} goes ${values.score ? "without" : "with"} --score.`);
  if (values.python === undefined && !existsSync(installed)) {
    throw new Error(
      "PyTorch is not installed. Run scripts/install-torch.sh, or name a Python that has it by --python.",
    );
  }
  const names = new Map(cases.map(({ name }) => [name.split(",")[0] as string, name]));
  return {
    cases: listOf("--networks", values.networks, [...names.keys()]).map((name) => names.get(name) as string),
    tasks: listOf("--tasks", values.tasks, tasks),
    threads: numbers("--threads", values.threads ?? "1,2"),
    rounds: positive("--rounds", values.rounds ?? "9", "9", Number.isInteger),
    seconds: positive("--seconds", values.seconds ?? "0.5", "0.5", Number.isFinite),
    compile: !values["no-compile"],
    instructions:
      values.instructions === undefined ? null : (listOf("--instructions", values.instructions, ["avx2"])[0] ?? null),
    python: values.python ?? installed,
    score: values.score,
    seeds: [...new Set(numbers("--seeds", values.seeds ?? allSeeds))],
    steps: positive("--steps", values.steps ?? "800", "800", Number.isInteger),
  };
}

/** A list of whole numbers. */
function numbers(option: string, text: string): number[] {
  return text.split(",").map((each) => positive(option, each, "1", Number.isInteger));
}

function positive(option: string, text: string, example: string, fits: (value: number) => boolean): number {
  const value = Number(text);
  if (fits(value) && value > 0) return value;
  throw new Error(`${option} needs a number above 0, such as ${example}, but was given "${text}".`);
}
