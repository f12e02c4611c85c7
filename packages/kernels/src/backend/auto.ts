import { type AnyFactory, EmStellarError, type Factory } from "@em-stellar/core";
import { type Backend, type Device, defineBackend, type Reason } from "@em-stellar/core/training";
import { reasonOf } from "./backend-unavailable-error.js";

/** What factories of backends take. */
type OptionsOf<Each> = Each extends Factory<Backend, infer Options> ? Options : never;

type NamesOf<Options> = Options extends object ? keyof Options & string : never;

/** What those of some options that have a name have under it. */
type ValueOf<Options, Name extends string> = Options extends Readonly<Record<Name, infer Value>> ? Value : never;

/** Options of the backends that `auto` chooses from: each goes to every backend that has it. `null`: as the backend has it. */
export type AutoOptions<Among extends readonly AnyFactory<Backend>[]> = {
  [Name in NamesOf<OptionsOf<Among[number]>>]: ValueOf<OptionsOf<Among[number]>, Name> | null;
};

/**
 * Makes the backend `auto`: the first that starts of some others, from the one with the largest `preference` on. The device is
 * the chosen backend's own, and its `reasons` say why each one before it did not start.
 */
export function defineAuto<const Among extends readonly AnyFactory<Backend>[]>(
  ...among: Among
): Factory<Backend<"auto">, AutoOptions<Among>> {
  const ranked = among
    .map((factory) => ({ factory, preference: factory().preference }))
    .sort((a, b) => b.preference - a.preference);
  const candidates = ranked.filter(({ preference }) => preference > 0).map(({ factory }) => factory);
  const byName = ranked.filter(({ preference }) => preference <= 0).map(({ factory }) => factory);
  const names = candidates.flatMap(({ defaults }) => Object.keys(defaults));
  const defaults = Object.fromEntries(names.map((name) => [name, null])) as AutoOptions<Among>; // null is a value of each
  return defineBackend({
    id: "auto",
    summary: `the first that starts of ${list(candidates.map(({ id }) => id))}`,
    defaults,
    start(options: AutoOptions<Among>) {
      const given = Object.entries(options).filter(([, value]) => value !== null);
      const made = candidates.map((factory) =>
        factory(Object.fromEntries(given.filter(([name]) => name in factory.defaults))),
      );
      return startFirst(made, byName);
    },
  });
}

async function startFirst(candidates: readonly Backend[], byName: readonly AnyFactory<Backend>[]): Promise<Device> {
  const reasons: Reason[] = [];
  for (const candidate of candidates) {
    try {
      const device = await candidate.start();
      return { ...device, reasons, details: { ...device.details, choice: choiceOf(device, reasons) } };
    } catch (error) {
      reasons.push(reasonOf(candidate.id, error));
    }
  }
  const lines = [
    'No backend starts that "auto" chooses from.',
    ...reasons.map(({ backend, problem, remedy }) => `  ${backend}: ${problem} ${remedy}`.trimEnd()),
    ...byName.map(({ id, summary }) => `It never takes "${id}" (${summary}), which you can name.`),
  ];
  throw new EmStellarError(lines.join("\n"));
}

/** One line for results: what was chosen, and why nothing before it. */
function choiceOf({ backend }: Device, reasons: readonly Reason[]): string {
  return [`auto chose ${backend}.`, ...reasons.map(({ backend, problem }) => `Not ${backend}: ${problem}`)].join(" ");
}

function list(ids: readonly string[]): string {
  return ids.length < 2 ? (ids[0] ?? "none") : `${ids.slice(0, -1).join(", ")} and ${ids.at(-1)}`;
}
