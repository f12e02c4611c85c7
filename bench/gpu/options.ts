import { parseArgs } from "node:util";
import { listOf } from "../command-line.js";
import { type NetworkId, networks } from "./networks.js";

/** What can be measured, in this order; `count` needs no GPU, and `check` is whether PyTorch has the same network. */
const parts = ["count", "step", "profile", "convolutions", "check", "torch", "score"] as const;

export type Part = (typeof parts)[number];

export interface GpuOptions {
  /** Side of the square images, in pixels; a multiple of 16. */
  readonly side: number;
  /** Images in a batch; `null`: each network's own. */
  readonly batch: number | null;
  /** Filters of the first level; `null`: each network's own. */
  readonly base: number | null;
  /** Steps that are queued before the loss is read once, at most; there are three such rounds. */
  readonly steps: number;
  /** How long a measurement should take, about, in seconds; a slow machine does fewer steps for it, but at least one a round. */
  readonly seconds: number;
  readonly networks: readonly NetworkId[];
  readonly parts: readonly Part[];
  /** Takes an adapter that computes on the processor, to rehearse. */
  readonly allowSoftware: boolean;
  /** Steps of the training to a score. */
  readonly scoreSteps: number;
  /** The Python that may have PyTorch. */
  readonly python: string;
  /** Where the numbers go; `null`: results/gpu.json beside the benchmark. */
  readonly out: string | null;
}

export const usage = `Options, with their defaults:
  --side 512             side of the images; a multiple of 16
  --batch 4              images in a batch
  --base N               filters of the first level; each network's own where absent
  --steps 10             steps queued before one read
  --seconds 20           time of a measurement, about
  --networks ${Object.keys(networks).join(",")}
  --parts ${parts.join(",")}
  --allow-software       an adapter that computes on the processor will do
  --score-steps 460      steps of the training to a score (it needs EM_STELLAR_DATA)
  --python python3       the Python that may have PyTorch
  --out FILE             where the numbers go, as JSON`;

/** Reads the command line. Throws an error that names the option, what was given and what would do. */
export function parseOptions(args: readonly string[]): GpuOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      side: { type: "string", default: "512" },
      batch: { type: "string" },
      base: { type: "string" },
      steps: { type: "string", default: "10" },
      seconds: { type: "string", default: "20" },
      networks: { type: "string", default: Object.keys(networks).join(",") },
      parts: { type: "string", default: parts.join(",") },
      "allow-software": { type: "boolean", default: false },
      "score-steps": { type: "string", default: "460" },
      python: { type: "string", default: "python3" },
      out: { type: "string" },
    },
  });
  return {
    side: wholeNumber("--side", values.side, 16),
    batch: values.batch === undefined ? null : wholeNumber("--batch", values.batch),
    base: values.base === undefined ? null : wholeNumber("--base", values.base, 2),
    steps: wholeNumber("--steps", values.steps),
    seconds: wholeNumber("--seconds", values.seconds),
    networks: listOf("--networks", values.networks, Object.keys(networks) as NetworkId[]),
    parts: listOf("--parts", values.parts, parts),
    allowSoftware: values["allow-software"],
    scoreSteps: wholeNumber("--score-steps", values["score-steps"]),
    python: values.python,
    out: values.out ?? null,
  };
}

function wholeNumber(option: string, text: string, multiple = 1): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0 && value % multiple === 0) return value;
  const wanted = multiple === 1 ? "a whole number above 0" : `a multiple of ${multiple}`;
  throw new Error(`${option} needs ${wanted}, such as ${8 * multiple}, but was given "${text}".`);
}
