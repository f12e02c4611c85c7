import { type AnyFactory, type AnyRegistry, type Component, EmStellarError, InputError } from "@em-stellar/core";
import { defineSuite, type Suite, type SuiteDefinition } from "./suite.js";
import { type Reference, suiteForm } from "./suite-form.js";
import { problemsOf } from "./suite-problems.js";

/**
 * A suite from JSON. A component is its id, or `{ "id": …, "options": { … } }`.
 * Throws `InputError` whose every line names the place in the file: `networks[1].options: …`.
 */
export function parseSuite(json: unknown, registry: AnyRegistry): Suite {
  const form = suiteForm.safeParse(json);
  if (!form.success) {
    throw new InputError(`The suite cannot be read.\n  ${problemsOf(json, form.error.issues).join("\n  ")}`);
  }
  const {
    networks,
    data,
    transferTo,
    loss,
    optimizer,
    metrics,
    baselines,
    ensembles,
    backend,
    executor,
    plugins,
    schemaVersion,
    $schema,
    ...rest
  } = form.data;
  const problems: string[] = [];
  const make = (kind: string, where: string, given: Reference): Component | undefined => {
    const { id, options } = typeof given === "string" ? { id: given, options: {} } : given;
    try {
      const factory: AnyFactory = registry.lookup(kind, id);
      return factory(options);
    } catch (error) {
      if (!(error instanceof EmStellarError)) throw error;
      problems.push(`${where}: ${error.message}`);
      return undefined;
    }
  };
  const makeAll = (kind: string, where: string, given: Reference | readonly Reference[]) =>
    isList(given) ? given.map((one, i) => make(kind, `${where}[${i}]`, one)) : [make(kind, where, given)];
  const components = {
    data: make("data", "data", data),
    ...(transferTo && {
      transferTo: Object.fromEntries(
        Object.entries(transferTo).map(([name, given]) => [
          name,
          make("data", `transferTo[${JSON.stringify(name)}]`, given),
        ]),
      ),
    }),
    networks: makeAll("network", "networks", networks),
    loss: makeAll("loss", "loss", loss),
    optimizer: makeAll("optimizer", "optimizer", optimizer),
    metrics: makeAll("metric", "metrics", metrics),
    ...(baselines && { baselines: makeAll("baseline", "baselines", baselines) }),
    ensembles: (ensembles ?? []).map(({ combine, ...how }, i) => ({
      combine: make("ensemble", `ensembles[${i}].combine`, combine),
      ...withoutUndefined(how),
    })),
    ...(executor !== undefined && { executor: make("executor", "executor", executor) }),
  };
  // An id alone is looked up by whoever starts the device: where a program starts one itself, the registry need not have it.
  const device =
    typeof backend === "object" ? { backend: make("backend", "backend", backend) } : withoutUndefined({ backend });
  if (problems.length > 0) throw new InputError(`The suite cannot be run.\n  ${problems.join("\n  ")}`);
  // Every component was made by the factory of the kind that its place asks for, and none is missing.
  return defineSuite({ ...withoutUndefined(rest), ...components, ...device } as unknown as SuiteDefinition);
}

function isList(given: Reference | readonly Reference[]): given is readonly Reference[] {
  return Array.isArray(given);
}

function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
