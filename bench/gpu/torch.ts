import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { NetworkDescription } from "./describe-network.js";
import type { PassRecord } from "./record-pass.js";

/** One way to compute, in PyTorch. */
interface TorchStep {
  readonly mode: string;
  /** Why it did not work; then nothing else is there. */
  readonly failure?: string;
  /** Milliseconds, as of the steps in tfjs. */
  readonly first?: number;
  readonly step?: number;
  readonly rounds?: readonly number[];
  readonly stepsInRound?: number;
  /** Most memory taken, on a GPU. */
  readonly bytes?: number | null;
}

export interface TorchSteps {
  readonly torch: string;
  readonly device: string;
  readonly cudnn: number | null;
  readonly results: readonly TorchStep[];
}

/** How far PyTorch, in float64, is from what tfjs computed with the same weights. */
export interface TorchCheck {
  readonly network: string;
  readonly parameters: number;
  /** Gradients that were compared. */
  readonly tensors: number;
  readonly predictionError: number;
  readonly lossError: number;
  /** Of the worst weight: the distance relative to the gradient's length, or to a thousandth of that of all where it is nearly zero. */
  readonly gradientError: number;
  readonly worstGradient: string | null;
  /** Layers whose first weight has no gradient at all, of which the comparison says nothing. */
  readonly silent: readonly string[];
  /** Values so near a jump of a slope, such as a ReLU's, that rounding may take them across: then gradients say little. */
  readonly kinks: number;
}

/** What to run PyTorch with. */
export interface Python {
  /** The command. */
  readonly command: string;
  /** Where the script lies. */
  readonly script: string;
  /** Variables of the environment beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Times training steps of a network in PyTorch, in all modes that its device has. Throws where there is no Python, or no PyTorch. */
export async function torchSteps(
  network: NetworkDescription,
  options: { side: number; batch: number; steps: number; seconds: number },
  python: Python,
): Promise<TorchSteps> {
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  return (await runScript(python, "step", network, args)) as TorchSteps; // what the script prints
}

/** Compares a pass of tfjs with PyTorch's. Throws where there is no Python, or no PyTorch. */
export async function torchCheck(pass: PassRecord, python: Python): Promise<TorchCheck> {
  return (await runScript(python, "check", pass, [])) as TorchCheck; // what the script prints
}

/** Whether a check says that the networks are the same: all that differs is float32's rounding. */
export function agrees({ predictionError, lossError, gradientError, silent, kinks }: TorchCheck): boolean {
  return predictionError < 1e-4 && lossError < 1e-5 && gradientError < 1e-3 && silent.length === 0 && kinks === 0;
}

/** What a script prints in its last line, as JSON, for a task and a file with the input. Throws where there is no Python, or no PyTorch. */
export async function runScript(
  { command, script, environment }: Python,
  task: string,
  input: object,
  args: readonly string[],
): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "em-stellar-torch-"));
  try {
    const file = join(folder, "input.json");
    await writeFile(file, JSON.stringify(input));
    const { stdout } = await promisify(execFile)(command, [script, task, file, ...args], {
      maxBuffer: 2 ** 26,
      env: { ...process.env, ...environment },
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) as string); // split gives one line at least
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw new Error(`There is no ${command} here.`);
    const line = stderr?.trim().split("\n").at(-1);
    throw line ? new Error(line) : cause;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
