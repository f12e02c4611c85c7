import { EmStellarError } from "../errors.js";
import type { Network } from "../training/network.js";
import { checkBuilding } from "./building.js";
import { checkGradients } from "./gradients.js";
import { checkLeaks } from "./leaks.js";
import { defaults, type NetworkCheckOptions } from "./options.js";
import { checkOverfitting } from "./overfitting.js";
import { checkOwnLayers } from "./own-layers.js";
import { checkParameters } from "./parameters.js";
import { checkProbabilities } from "./probabilities.js";
import { requireBackend } from "./require-backend.js";
import { checkSaving } from "./saving.js";
import { checkSeeding } from "./seeding.js";
import type { Subject } from "./subject.js";

/** One thing that a network must do. */
export interface NetworkCheck {
  /** What it does, for a list of tests: `saves and loads`. */
  readonly name: string;
  /** Throws an `EmStellarError` that names the culprit and what would mend it. */
  run(): Promise<void>;
}

const checks: Readonly<Record<string, (subject: Subject) => void | Promise<void>>> = {
  builds: checkBuilding,
  "has the parameters that its author declares": checkParameters,
  "lists its own layers": checkOwnLayers,
  "starts from its seeds": checkSeeding,
  "gives a probability for each pixel": checkProbabilities,
  "gives every weight a gradient": checkGradients,
  "overfits a batch": checkOverfitting,
  "saves and loads": checkSaving,
  "leaves no tensor behind": checkLeaks,
};

/**
 * What every network must do, each a test for any test framework: `for (const { name, run } of networkChecks(myNet())) it(name, run);`
 * They run on tfjs's current backend, in seconds for a narrow network.
 */
export function networkChecks(network: Network, options: Partial<NetworkCheckOptions> = {}): NetworkCheck[] {
  const complete: NetworkCheckOptions = { ...defaults, ...options };
  const { seeds, steps } = complete;
  if (seeds.length === 0 || !(steps > 0)) {
    throw new EmStellarError(
      `networkChecks needs at least one of "seeds" and of "steps", such as seeds [1, 2, 3] and 80 steps, but was given ${JSON.stringify({ seeds, steps })}.`,
    );
  }
  const { id, stride } = network;
  if (!(Number.isInteger(stride) && stride > 0)) {
    throw new EmStellarError(
      `network "${id}" has the stride ${stride}. Sides must be multiples of a whole number above 0, such as 1 or 16.`,
    );
  }
  const subject: Subject = { network, options: complete, side: complete.side ?? smallestSide(stride) };
  return Object.entries(checks)
    .filter(([, check]) => check !== checkParameters || complete.parameters !== null)
    .map(([name, check]) => ({
      name,
      async run() {
        await requireBackend();
        await check(subject);
      },
    }));
}

/** At the deepest level normalisation needs several values to compare. */
function smallestSide(stride: number): number {
  return stride * Math.max(2, Math.ceil(16 / stride));
}
