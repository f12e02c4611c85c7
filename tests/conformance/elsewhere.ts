import { join } from "node:path";
import { launchChromium } from "../browser/chromium.js";
import { runInWorker } from "../browser/run-in-worker.js";
import { servePrograms } from "../browser/serve-programs.js";
import { runProgram } from "../run-program.js";
import type { Order, Told } from "./check-all.js";
import { checkEach, type Skips } from "./conformance.js";
import { topics } from "./topics.js";

export interface Elsewhere {
  /** Of the backend. */
  readonly options?: object;
  readonly skips?: Skips;
  /** Errors may be so many times as large. */
  readonly leniency?: number;
}

/** Checks every case on a backend that needs a process, or an environment, of its own. */
export function conformanceInProcess(
  backend: Order["backend"],
  { env = {}, ...how }: Elsewhere & { readonly env?: Readonly<Record<string, string>> },
): void {
  conformanceElsewhere(backend, how, (order) => runInProcess(order, env));
}

/** Checks every case on a backend in a Web Worker of a page in Chromium. */
export function conformanceInChromium(backend: Order["backend"], how: Elsewhere): void {
  conformanceElsewhere(backend, how, async (order) => ({ told: await runInChromium(order), ending: "" }));
}

/** What a program told, and what it left behind as it ended. */
interface Run {
  readonly told: readonly Told[];
  readonly ending: string;
}

function conformanceElsewhere(
  backend: Order["backend"],
  { options = {}, skips = {}, leniency = 1 }: Elsewhere,
  run: (order: Order) => Promise<Run>,
): void {
  const problems = new Map<string, string | undefined>();
  let ending = "It is not there.";
  checkEach(
    {
      async begin() {
        // Most of the time goes by while one core compiles shaders, so two programs share the cases.
        const keys = topics.flatMap(({ name, cases }) => cases.map((item) => `${name}: ${item.name}`));
        const shares = [0, 1].map((share) => keys.filter((_, i) => i % 2 === share));
        const runs = shares.map((share) => {
          const without = keys.filter((key) => key in skips || !share.includes(key));
          return run({ backend, options, without, leniency });
        });
        let description = "";
        for (const done of await Promise.all(runs)) {
          const [first, ...rest] = done.told;
          if (first?.description === undefined) throw new Error(`"${backend}" did not start: ${done.ending}`);
          for (const { key, problem } of rest) problems.set(key as string, problem);
          ending = done.ending;
          description = first.description;
        }
        return description;
      },
      async check(_item, key) {
        if (!problems.has(key)) throw new Error(`The program ended before this case: ${ending}`);
        const problem = problems.get(key);
        if (problem !== undefined) throw new Error(problem);
      },
      end: async () => {},
    },
    skips,
  );
}

async function runInProcess(order: Order, env: Readonly<Record<string, string>>): Promise<Run> {
  const file = join(import.meta.dirname, "program.ts");
  const { lines, stderr } = await runProgram<Told>(file, [JSON.stringify(order)], env);
  return { told: lines, ending: stderr };
}

async function runInChromium(order: Order): Promise<Told[]> {
  const served = await servePrograms({ conformance: join(import.meta.dirname, "chromium-program.ts") });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(served.address);
    return await runInWorker<Told>(page, "conformance", order);
  } finally {
    await browser.close();
    served.close();
  }
}
