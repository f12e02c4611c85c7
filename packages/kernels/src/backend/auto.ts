import { type AnyFactory, EmStellarError, type Factory } from "@em-stellar/core";
import { type Backend, type Device, defineBackend, type Reason } from "@em-stellar/core/training";
import { reasonOf } from "./backend-unavailable-error.js";

/** Options of the backends among which `auto` chooses, by id. */
export type AutoOptions<Among extends readonly AnyFactory<Backend>[]> = {
  [Each in Among[number] as Each["id"]]: NonNullable<Parameters<Each>[0]>;
};

/**
 * Makes a backend that takes the first that starts of others, in their order. The device is the chosen backend's own, and its
 * `reasons` say why each one before it did not start.
 */
export function defineAuto<const Among extends readonly AnyFactory<Backend>[]>(
  ...among: Among
): Factory<Backend<"auto">, AutoOptions<Among>> {
  const ids = among.map(({ id }) => id);
  const defaults = Object.fromEntries(ids.map((id) => [id, {}])) as AutoOptions<Among>; // no option of any backend is given
  return defineBackend({
    id: "auto",
    summary: `the first that starts of ${ids.slice(0, -1).join(", ")} and ${ids.at(-1)}`,
    defaults,
    start(options: AutoOptions<Among>) {
      const given: Readonly<Record<string, object>> = options;
      return startFirst(among.map((factory) => factory(given[factory.id])));
    },
  });
}

async function startFirst(candidates: readonly Backend[]): Promise<Device> {
  const reasons: Reason[] = [];
  for (const candidate of candidates) {
    try {
      const device = await candidate.start();
      return { ...device, reasons, details: { ...device.details, choice: choiceOf(device, reasons) } };
    } catch (error) {
      reasons.push(reasonOf(candidate.id, error));
    }
  }
  const lines = reasons.map(({ backend, problem, remedy }) => `\n  ${backend}: ${problem} ${remedy}`);
  throw new EmStellarError(
    `No backend starts that "auto" chooses from.${lines.join("")}\n"cpu" computes without any, some hundred times slower.`,
  );
}

/** One line for results: what was chosen, and why nothing before it. */
function choiceOf({ backend }: Device, reasons: readonly Reason[]): string {
  return [`auto chose ${backend}.`, ...reasons.map(({ backend, problem }) => `Not ${backend}: ${problem}`)].join(" ");
}
