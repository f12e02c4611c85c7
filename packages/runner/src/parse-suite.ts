import { type AnyFactory, type AnyRegistry, type Component, EmStellarError, InputError } from "@em-stellar/core";
import { z } from "zod";
import { defineSuite, type Suite, type SuiteDefinition } from "./suite.js";

const reference = z.union([
  z.string(),
  z.strictObject({
    id: z.string(),
    options: z.record(z.string(), z.unknown()).default({}),
    kind: z.string().optional(),
    package: z.string().optional(),
    version: z.string().optional(),
  }),
]);
const oneOrMore = z.union([reference, z.array(reference)]);

const suiteForm = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1).optional(),
  /** Read by whoever makes the registry. */
  plugins: z.array(z.string()).optional(),
  name: z.string(),
  data: reference,
  networks: z.array(reference),
  loss: oneOrMore,
  optimizer: oneOrMore,
  metrics: z.array(reference),
  rankBy: z.string().optional(),
  folds: z.number().optional(),
  seeds: z.array(z.number()).optional(),
  split: z.strictObject({ grouped: z.boolean(), stratify: z.boolean(), seed: z.number() }).partial().optional(),
  training: z
    .strictObject({
      patch: z.number(),
      batchSize: z.number(),
      steps: z.number(),
      validateEvery: z.number(),
      checkpoints: z.array(z.string()),
      foreground: z.number().nullable(),
      threshold: z.enum(["fixed", "validation"]),
      normalization: z.strictObject({
        method: z.enum(["min-max", "z-score"]),
        scope: z.enum(["image", "training-set"]),
      }),
    })
    .partial()
    .optional(),
  augmentation: z
    .strictObject({
      rotation: z.number(),
      shift: z.number(),
      shear: z.number(),
      zoom: z.number(),
      flipHorizontal: z.boolean(),
      flipVertical: z.boolean(),
      fill: z.enum(["constant", "reflect"]),
      validation: z.boolean(),
    })
    .partial()
    .nullable()
    .optional(),
  ensembles: z.array(z.strictObject({ combine: reference, top: z.number(), by: z.string() })).optional(),
  baselines: z.array(reference).optional(),
  backend: z.string().optional(),
});

/**
 * A suite from JSON. A component is its id, or `{ "id": …, "options": { … } }`.
 * Throws `InputError` whose every line names the place in the file: `networks[1].options: …`.
 */
export function parseSuite(json: unknown, registry: AnyRegistry): Suite {
  const form = suiteForm.safeParse(json);
  if (!form.success) {
    const lines = form.error.issues.map((issue) => `${place(issue.path)}: ${issue.message}`);
    throw new InputError(`The suite cannot be read.\n  ${lines.join("\n  ")}`);
  }
  const { networks, data, loss, optimizer, metrics, baselines, ensembles, plugins, schemaVersion, $schema, ...rest } =
    form.data;
  const problems: string[] = [];
  const make = (kind: string, where: string, given: z.infer<typeof reference>): Component | undefined => {
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
  const makeAll = (kind: string, where: string, given: z.infer<typeof oneOrMore>) =>
    Array.isArray(given) ? given.map((one, i) => make(kind, `${where}[${i}]`, one)) : [make(kind, where, given)];
  const components = {
    data: make("data", "data", data),
    networks: makeAll("network", "networks", networks),
    loss: makeAll("loss", "loss", loss),
    optimizer: makeAll("optimizer", "optimizer", optimizer),
    metrics: makeAll("metric", "metrics", metrics),
    baselines: makeAll("baseline", "baselines", baselines ?? []),
    ensembles: (ensembles ?? []).map(({ combine, ...how }, i) => ({
      combine: make("ensemble", `ensembles[${i}].combine`, combine),
      ...how,
    })),
  };
  if (problems.length > 0) throw new InputError(`The suite cannot be run.\n  ${problems.join("\n  ")}`);
  // Every component was made by the factory of the kind that its place asks for, and none is missing.
  return defineSuite({ ...withoutUndefined(rest), ...components } as unknown as SuiteDefinition);
}

function place(path: readonly PropertyKey[]): string {
  const written = path.reduce<string>(
    (text, part) =>
      typeof part === "number" ? `${text}[${part}]` : text === "" ? String(part) : `${text}.${String(part)}`,
    "",
  );
  return written === "" ? "the file" : written;
}

function withoutUndefined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
