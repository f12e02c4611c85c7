import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
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
}

/** Where scripts/install-torch.sh puts it. */
const installed = join(homedir(), ".cache", "em-stellar-torch", "bin", "python");

export const usage = `Options, with their defaults:
  --networks ${cases.map(({ name }) => name.split(",")[0]).join(",")}
  --tasks ${tasks.join(",")}
  --threads 1,2
  --rounds 9        how often each side has its turn
  --seconds 0.5     time of one turn of ours, about
  --no-compile      without torch.compile, which needs a C++ compiler
  --instructions avx2   keeps PyTorch from wider ones, as on a processor without AVX-512
  --python PYTHON   a Python with PyTorch; by default the one that scripts/install-torch.sh installs`;

/** Reads the command line. Throws an error that names the option, what was given and what would do. */
export function parseOptions(args: readonly string[]): TorchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      networks: { type: "string" },
      tasks: { type: "string" },
      threads: { type: "string", default: "1,2" },
      rounds: { type: "string", default: "9" },
      seconds: { type: "string", default: "0.5" },
      "no-compile": { type: "boolean", default: false },
      instructions: { type: "string" },
      python: { type: "string" },
    },
  });
  if (values.python === undefined && !existsSync(installed)) {
    throw new Error(
      "PyTorch is not installed. Run scripts/install-torch.sh, or name a Python that has it by --python.",
    );
  }
  const names = new Map(cases.map(({ name }) => [name.split(",")[0] as string, name]));
  return {
    cases: listOf("--networks", values.networks, [...names.keys()]).map((name) => names.get(name) as string),
    tasks: listOf("--tasks", values.tasks, tasks),
    threads: values.threads.split(",").map((text) => positive("--threads", text, "1", Number.isInteger)),
    rounds: positive("--rounds", values.rounds, "9", Number.isInteger),
    seconds: positive("--seconds", values.seconds, "0.5", Number.isFinite),
    compile: !values["no-compile"],
    instructions:
      values.instructions === undefined ? null : (listOf("--instructions", values.instructions, ["avx2"])[0] ?? null),
    python: values.python ?? installed,
  };
}

function listOf<Item extends string>(option: string, text: string | undefined, all: readonly Item[]): Item[] {
  if (text === undefined) return [...all];
  return text.split(",").map((name) => {
    const found = all.find((item) => item === name);
    if (found === undefined) throw new Error(`${option} has no "${name}". There are: ${all.join(", ")}.`);
    return found;
  });
}

function positive(option: string, text: string, example: string, fits: (value: number) => boolean): number {
  const value = Number(text);
  if (fits(value) && value > 0) return value;
  throw new Error(`${option} needs a number above 0, such as ${example}, but was given "${text}".`);
}
