import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { NetworkDescription } from "../gpu/describe-network.js";

/** A tensor of float32 as text, as tfjs has it: images are [batch, height, width, channels]. */
export interface EncodedTensor {
  readonly shape: readonly number[];
  /** Base64 of its bytes. */
  readonly values: string;
}

/** How PyTorch computes; `compile` is `torch.compile` on channels last. */
export const modes = ["eager", "channels_last", "compile"] as const;

export type Mode = (typeof modes)[number];

/** What both sides compute. */
export type Task = "training step" | "prediction";

/** A network with its weights, the moving averages included, and the images to compute on. */
export interface Load {
  readonly task: Task;
  readonly network: NetworkDescription;
  readonly weights: Readonly<Record<string, readonly EncodedTensor[]>>;
  readonly images: EncodedTensor;
  readonly masks: EncodedTensor;
  readonly adam: object;
}

/** Seconds that some steps, or predictions, took. */
export interface Seconds {
  readonly wall: number;
  /** Of all threads. */
  readonly processor: number;
}

/** PyTorch in a process of its own. */
export interface Peer {
  /** Version, and the widest instructions of the processor that it uses. */
  readonly about: { readonly torch: string; readonly instructions: string };
  /** Takes a network, once for each mode; gives the number of weights that training changes. */
  load(load: Load, modes: readonly Mode[], threads: number): Promise<number>;
  /** So many steps or predictions in one mode. */
  work(mode: Mode, times: number): Promise<Seconds>;
  /** So many training steps in one mode, and the loss of each. */
  losses(mode: Mode, times: number): Promise<readonly number[]>;
  /** One prediction in one mode. */
  prediction(mode: Mode): Promise<Float32Array>;
  end(): void;
}

/** Where torch.compile keeps what it compiled. */
const compiled = (instructions: string) => join(tmpdir(), "em-stellar-torch", instructions);

/** For PyTorch itself, for oneDNN with its convolutions, and for MKL. */
export const upToAvx2 = { ATEN_CPU_CAPABILITY: "avx2", ONEDNN_MAX_CPU_ISA: "AVX2", MKL_ENABLE_INSTRUCTIONS: "AVX2" };

/** Starts PyTorch. Throws where that Python is absent, or has no PyTorch. */
export async function startPeer(python: string, instructions: "avx2" | null): Promise<Peer> {
  const script = fileURLToPath(new URL("peer.py", import.meta.url));
  const child = spawn(python, ["-W", "ignore:Failed to initialize NumPy", script], {
    stdio: ["pipe", "pipe", "inherit"],
    // What torch.compile keeps for later runs goes by the processor alone: with other instructions it would compute nonsense.
    env: { ...process.env, ...(instructions && upToAvx2), TORCHINDUCTOR_CACHE_DIR: compiled(instructions ?? "all") },
  });
  const absent = new Promise<never>((_, reject) => {
    child.once("error", (cause) => reject(new Error(`${python} did not start: ${cause.message}`)));
    child.once("exit", (status) => reject(new Error(`${python} ended with the exit status ${status}.`)));
  });
  absent.catch(() => {}); // who waits for an answer is told
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on("error", () => {}); // the exit is told
  const ask = async (request: object): Promise<Answer> => {
    child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await Promise.race([answers.next(), absent]);
    const answer = (done ? await absent : JSON.parse(value)) as Answer; // what peer.py writes
    if (answer.failure !== undefined) throw new Error(answer.failure);
    return answer;
  };
  const about = (await ask({ do: "about" })) as Answer & Peer["about"];
  return {
    about: { torch: about.torch, instructions: about.instructions },
    load: async (load, modes, threads) => (await ask({ do: "load", ...load, modes, threads })).parameters as number,
    async work(mode, times) {
      const { wall, processor } = await ask({ do: "work", mode, times, answer: false });
      return { wall, processor } as Seconds;
    },
    losses: async (mode, times) => (await ask({ do: "work", mode, times, answer: true })).values as number[],
    async prediction(mode) {
      const { values } = await ask({ do: "work", mode, times: 1, answer: true });
      return decode(values as string);
    },
    end: () => child.stdin.end(),
  };
}

interface Answer {
  readonly failure?: string;
  readonly parameters?: number;
  readonly wall?: number;
  readonly processor?: number;
  /** Losses, or the values of a prediction in base64. */
  readonly values?: readonly number[] | string;
}

/** A tensor's values as text. */
export function encode(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

function decode(text: string): Float32Array {
  return new Float32Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
}
