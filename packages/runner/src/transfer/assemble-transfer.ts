import {
  type JobId,
  jobPath,
  methodScore,
  type Ranking,
  type Results,
  type Transfer,
  type Warning,
} from "@em-stellar/core";
import { type JobRecord, readJob } from "../job-record.js";
import { dataOf, type NetworkMethod } from "../method.js";
import type { OpenRun } from "../open-run.js";
import { metricsByName } from "../suite-metrics.js";
import type { ElsewhereScores } from "./elsewhere.js";

/** What trainings on each of the suite's data score on the test images of all of them; undefined where there is one only. */
export async function assembleTransfer(
  run: OpenRun,
  metrics: Results["metrics"],
): Promise<{ readonly transfer: Transfer; readonly warnings: readonly Warning[] } | undefined> {
  const { suite, datasets } = run;
  if (datasets.size < 2) return undefined;
  const finished = await finishedJobs(run);
  const names = [...datasets.keys()];
  const { statistics } = await import("@em-stellar/analysis"); // large, and nothing before the end of a run needs it
  const poolable = [...metricsByName(suite)].map(([id, { fromParts }]) => ({ id, ...(fromParts && { fromParts }) }));
  const cells: Transfer["cells"] = [];
  let level = 0;
  for (const testedOn of names) {
    const methods = run.methods.flatMap((method) => {
      if (method.kind !== "network" || method.sameAs !== undefined) return [];
      const trainedOn = dataOf(suite, method);
      const runs = finished.flatMap(({ job, record }) => {
        if (job.method !== method.name) return [];
        const scores = scoresOn(record, trainedOn, testedOn);
        return scores ? [{ ...record.result, pooled: scores.pooled, perImage: scores.perImage }] : [];
      });
      return runs.length > 0
        ? [{ name: method.name, kind: "network" as const, of: ownName(method), trainedOn, runs }]
        : [];
    });
    if (methods.length === 0) continue;
    const board: Ranking & Parameters<typeof statistics>[0] = {
      name: suite.name,
      origin: "run",
      finished: "",
      metrics,
      rankedBy: suite.rankBy,
      images: (datasets.get(testedOn)?.test ?? []).map(({ id, group, width, height }) => ({
        ...{ id, width, height, image: "", truth: "" },
        ...(group !== undefined && { group }),
      })),
      dataHash: "",
      methods,
    };
    const found = statistics(board, { metrics: poolable });
    level = found.level;
    for (const method of methods) {
      const scores = metrics.map(({ id }): [string, Transfer["cells"][number]["scores"][string]] => {
        const its = found.metrics[id]?.methods.find((each) => each.method === method.name);
        return [id, { mean: methodScore(method, id)?.mean ?? null, interval: its?.interval ?? null }];
      });
      cells.push({
        method: method.of,
        trainedOn: method.trainedOn,
        testedOn,
        trainings: method.runs.length,
        scores: Object.fromEntries(scores),
      });
    }
  }
  const others = finished.filter(({ method }) => method.trainedOn !== undefined);
  return {
    transfer: {
      sources: [...datasets].map(([name, { data, train, test }]) => ({
        ...{ name, train: train.length, test: test.length, hash: data.hash },
      })),
      jobs: others.map(({ job, record: { result } }) => ({
        ...job,
        state: result.state,
        ...(result.failure !== undefined && { failure: result.failure }),
      })),
      cells,
      level,
    },
    warnings: others.flatMap(({ job, record }) =>
      record.warnings.map(({ code, message }) => ({ code, message: `${jobPath(job)}: ${message}`, job })),
    ),
  };
}

interface FinishedJob {
  readonly job: JobId;
  readonly method: NetworkMethod;
  readonly record: JobRecord;
}

async function finishedJobs(run: OpenRun): Promise<FinishedJob[]> {
  const networks = new Map(
    run.methods.flatMap((method) => (method.kind === "network" ? [[method.name, method] as const] : [])),
  );
  const jobs: FinishedJob[] = [];
  for (const job of run.jobs) {
    const method = networks.get(job.method);
    const record = method && (await readJob(run, job).catch(() => undefined)); // damaged: collecting has said so
    if (record) jobs.push({ job, method, record });
  }
  return jobs;
}

function scoresOn({ result, elsewhere }: JobRecord, trainedOn: string, testedOn: string): ElsewhereScores | undefined {
  if (result.state !== "done") return undefined;
  return trainedOn === testedOn ? result : elsewhere?.[testedOn];
}

/** What a method is called where it is trained on the suite's own data. */
function ownName(method: NetworkMethod): string {
  return method.trainedOn === undefined ? method.name : method.name.slice(0, -`+on-${method.trainedOn}`.length);
}
