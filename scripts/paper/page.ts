import { bestFoldSentence, claims, type Runs } from "./claims.js";
import { range, ranked, score, scoreOf, spread, testScores } from "./compare.js";
import type { MethodSummary, Summary } from "./summary.js";

/** The suites of examples/paper in the order of the page. */
export const suites = [
  "networks-cardiac",
  "networks-habenula",
  "losses-cardiac",
  "losses-habenula",
  "batch-sizes",
  "optimizers",
  "training-images",
] as const;

/** The page with the parts that follow from the results written anew, each between its two marks. */
export function withTables(page: string, runs: Runs): string {
  const parts: Record<string, string> = {
    claims: claimsTable(runs),
    "best-fold": bestFolds(runs),
    floors: floorSentences(runs),
    ...Object.fromEntries(suites.map((name) => [name, resultTable(name, runs[name])])),
  };
  return page.replace(
    /(<!-- table: ([\w-]+) -->)[\s\S]*?(<!-- end of table -->)/g,
    (_, start: string, name: string, end: string) => {
      const part = parts[name];
      if (part === undefined) {
        throw new Error(`docs/paper.md has a table "${name}". There are: ${Object.keys(parts).join(", ")}.`);
      }
      return `${start}\n\n${part}\n\n${end}`;
    },
  );
}

/** Each claim with the commands that test it, what was seen, and a verdict. */
function claimsTable(runs: Runs): string {
  const rows = claims.map(({ claim, suites: tested, judge }) => {
    const finding = judge(runs);
    const commands = tested.map((suite) => `\`npx em-stellar run ${suite}.ts\``).join("<br>");
    const missing = tested.filter((suite) => runs[suite] === undefined);
    const rest = missing.length > 0 && finding ? ` Not run yet: ${missing.join(", ")}.` : "";
    return [
      claim,
      commands,
      finding ? `${finding.saw}.${rest}` : "not run yet",
      `**${finding?.verdict ?? "not run yet"}**`,
    ];
  });
  return markdownTable(["the paper's claim", "tested by", "what we saw", "verdict"], "lll", rows);
}

/** All methods of a run, networks and ensembles first. */
function resultTable(name: string, run: Summary | undefined): string {
  if (!run) return `Not run yet: \`npx em-stellar run ${name}.ts\`.`;
  const { data, device, finished, trainings } = run;
  const shown = ["f1", "accuracy", "v-rand", "v-info", "auc-roc"].filter((id) =>
    run.metrics.some((metric) => metric.id === id),
  );
  const methods = [...run.methods].sort(
    (a, b) => Number(a.kind === "baseline") - Number(b.kind === "baseline") || scoreOf(b, run) - scoreOf(a, run),
  );
  const costs = methods.some(({ seconds, parameters }) => seconds !== undefined && parameters !== undefined);
  const rows = methods.map((method) => [
    `\`${method.name}\``,
    score(scoreOf(method, run)),
    spread(method),
    method.interval ? range(method.interval) : "–",
    ...shown.map((id) => score(method.scores[id])),
    ...(costs ? costCells(method) : []),
    String(testScores(method).length),
  ]);
  const header = [
    "method",
    "Jaccard",
    "lowest to highest training",
    "95 % interval",
    ...shown,
    ...(costs ? ["parameters", "seconds"] : []),
    "trainings",
  ];
  return `${data.train} training and ${data.test} test images, ${(100 * data.objectShare).toFixed(1)} % mitochondria, ${data.folds} ${data.folds === 1 ? "fold" : "folds"}; ${finished}, ${device}.${trainings.finished < trainings.planned ? ` **${trainings.finished} of ${trainings.planned} trainings have finished so far.**` : ""}

${markdownTable(header, "l", rows)}`;
}

function costCells({ parameters, seconds }: MethodSummary): string[] {
  return [
    parameters === undefined ? "" : `${(parameters / 1000).toFixed(0)} k`,
    seconds === undefined ? "" : String(seconds),
  ];
}

function networkRuns(runs: Runs): Summary[] {
  return [runs["networks-cardiac"], runs["networks-habenula"]].filter((run) => run !== undefined);
}

function bestFolds(runs: Runs): string {
  return networkRuns(runs).map(bestFoldSentence).join("\n") || "Not run yet.";
}

/** Which networks are below the best method without one. */
function floorSentences(runs: Runs): string {
  const sentences = networkRuns(runs).map((run) => {
    const networks = ranked(run, "network");
    const baselines = ranked(run, "baseline");
    const [best] = baselines;
    const floor = baselines.find(({ role }) => role !== "classifier");
    if (!best || !floor) return "";
    const below = (other: MethodSummary) =>
      networks.filter((network) => scoreOf(network, run) <= scoreOf(other, run)).map(({ name }) => name);
    const sentence = (other: MethodSummary, what: string) => {
      const names = below(other);
      return `${names.length === 0 ? `All ${networks.length} networks are` : `${networks.length - names.length} of ${networks.length} networks are`} above ${what}, \`${other.name}\` with ${score(scoreOf(other, run))}${names.length > 0 ? `; below it: ${names.join(", ")}` : ""}.`;
    };
    return `${run.suite}: ${sentence(floor, "the best floor")}${best === floor ? "" : ` ${sentence(best, "the best classifier of pixels or objects")}`}`;
  });
  return sentences.filter((sentence) => sentence !== "").join("\n\n") || "Not run yet.";
}

/** The first columns are aligned to the left (`l` each), all others to the right. */
function markdownTable(header: readonly string[], left: string, rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, i) => (i < left.length ? "---" : left.length > 1 ? "---" : "--:"));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}
