/**
 * Takes the scores of finished runs of examples/paper into docs/paper.json, and writes the tables and verdicts of docs/paper.md
 * anew. `npm run paper -- [RUN-FOLDER...]`; without folders the page is written from what docs/paper.json has.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { resultsSchema } from "@em-stellar/core";
import type { Runs } from "./paper/claims.js";
import { suites, withTables } from "./paper/page.js";
import { summaryOf } from "./paper/summary.js";

const [json, markdown] = ["json", "md"].map((end) =>
  fileURLToPath(new URL(`../docs/paper.${end}`, import.meta.url)),
) as [string, string];

const known: Runs = existsSync(json) ? JSON.parse(readFileSync(json, "utf8")) : {};
const added = process.argv.slice(2).map((folder) => {
  const results = resultsSchema.parse(JSON.parse(readFileSync(join(folder, "results.json"), "utf8")));
  const suite = suites.find((name) => results.suite.startsWith(`${name}-`));
  if (suite === undefined)
    throw new Error(`${folder} is a run of "${results.suite}". The suites of examples/paper are ${suites.join(", ")}.`);
  const jobs = readFileSync(join(folder, "jobs.txt"), "utf8").trim().split("\n");
  return [suite, summaryOf(results, jobs)] as const;
});
const runs: Runs = { ...known, ...Object.fromEntries(added) };
const inOrder = Object.fromEntries(suites.flatMap((name) => (runs[name] ? [[name, runs[name]]] : [])));
writeFileSync(json, `${JSON.stringify(inOrder, null, 1)}\n`);
writeFileSync(markdown, withTables(readFileSync(markdown, "utf8"), inOrder));
