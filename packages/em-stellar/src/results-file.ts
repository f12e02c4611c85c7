import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { statistics } from "@em-stellar/analysis";
import {
  type AnyFactory,
  type AnyRegistry,
  EmStellarError,
  type Evaluation,
  evaluationSchema,
  InputError,
  type Metric,
  type MetricRecord,
  makeAgain,
  type Results,
  type RunStore,
  readSealed,
  resultsSchema,
} from "@em-stellar/core";
import { folderStore } from "@em-stellar/runner/node";
import { builtins } from "./registry.js";

/** What the folder of a finished run or evaluation holds. */
type StoredResults = { readonly store: RunStore } & (
  | { readonly kind: "run"; readonly results: Results }
  | { readonly kind: "evaluation"; readonly evaluation: Evaluation }
);

/**
 * Reads `results.json` of a run folder. Results of versions before there were statistics or metrics' words get them, words from the registry. Throws `InputError`
 * where there is none, `EmStellarError` where it is of another form.
 */
export async function readResults(folder: string, registry: AnyRegistry = builtins): Promise<StoredResults> {
  const file = resolve(folder, "results.json");
  if (!existsSync(file)) {
    throw new InputError(`There is no results.json in ${resolve(folder)}. Name the folder of a run that has finished.`);
  }
  const store = await folderStore(resolve(folder));
  const json = await readSealed(store, "results.json", makeAgain);
  if (json && "kind" in json && json.kind === "evaluation") {
    return {
      kind: "evaluation",
      store,
      evaluation: withWords(parsed(evaluationSchema.safeParse(json), file), registry),
    };
  }
  const results = withWords(parsed(resultsSchema.safeParse(json), file), registry);
  const isOlder = !results.statistics && results.data.testImages.length > 0;
  return { kind: "run", store, results: isOlder ? { ...results, statistics: statistics(results) } : results };
}

/** Metrics of results that recorded no words get those that the registry knows. */
function withWords<Of extends { readonly metrics: readonly MetricRecord[] }>(found: Of, registry: AnyRegistry): Of {
  const factories: readonly AnyFactory<Metric>[] = registry.list("metric");
  const metrics = found.metrics.map((record) => {
    const factory = factories.find(({ id }) => id === record.id.split(":")[0]);
    return record.words || !factory ? record : { ...record, words: factory().words };
  });
  return { ...found, metrics };
}

type Parsed<T> =
  | { readonly success: true; readonly data: T }
  | {
      readonly success: false;
      readonly error: {
        readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
      };
    };

function parsed<T>(result: Parsed<T>, file: string): T {
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new EmStellarError(
    `${file} does not have the format of this version: ${issue?.path.join(".")}: ${issue?.message}.`,
  );
}
