import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { commonTrials, long } from "./common-trials.js";
import { type HyperQueueCluster, hasHq, startHyperQueue, whyNoHyperQueue } from "./hyperqueue-cluster.js";
import { continued, runsIn } from "./runs.js";
import { goOn, halted, isAsked, open, trainingsOf, validated } from "./trials.js";
import { until } from "./until.js";

const missing = whyNoHyperQueue();
if (missing) console.log(`Tests of HyperQueue are skipped: ${missing}.`);

describe.skipIf(missing)(`executor hyperqueue, with ${hasHq ? "hq" : "the server of PyPI"}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-hyperqueue-"));
  let cluster: HyperQueueCluster;
  beforeAll(async () => {
    cluster = await startHyperQueue(join(folder, "hyperqueue"));
  });
  afterAll(async () => {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const runs = runsIn(folder, "hyperqueue", () => cluster.environment);
  const { out, written, run, runHeld, submissions, log } = runs;
  afterEach(() => runs.abandon());
  const { endsAsAlone } = commonTrials(runs, { six: [6] });

  it("tasks of a server that is killed with its workers and its records are submitted again", async () => {
    const driver = runHeld(written("lost", long, { cpus: 1 }), "lost");
    const trainings = await halted(out("lost"), 2);
    await cluster.kill();
    await until("the trainings are asked to end", () => trainings.every((id) => isAsked(id, "SIGTERM")), 60);
    goOn(out("lost"), trainings);
    await until("the driver notices", () => driver.said().includes("! HyperQueue does not answer (hq failed: "), 30);
    await cluster.start();
    await endsAsAlone(driver, "lost");
    expect(submissions("lost").flat()).toHaveLength(4);
    expect(log("lost")).toMatch(continued);
  });

  it("what hq refuses ends the run with its words", async () => {
    const driver = run(written("refused", long, { flags: ["--array=none"] }), "refused");
    expect(await driver.end(60)).toBe(1);
    expect(driver.said()).toContain("hq failed: ");
    expect(submissions("refused")).toEqual([]);
  });

  // What follows needs the command: the Python API of PyPI knows no workers and cannot cancel.
  if (!hasHq) return;

  it("tasks of a worker that is killed go on on another one", async () => {
    const driver = runHeld(written("worker", long, { flags: ["--cpus=2"] }), "worker"); // a task for each worker
    const trainings = await halted(out("worker"), 2);
    await cluster.killWorker();
    await until("a training is asked to end", () => trainings.some((id) => isAsked(id, "SIGTERM")), 60);
    goOn(out("worker"), trainings);
    await endsAsAlone(driver, "worker");
    expect(submissions("worker")).toHaveLength(1);
    expect(log("worker")).toMatch(continued);
  });

  it("Ctrl-C cancels the tasks where that is asked for, and the next start goes on", async () => {
    const file = written("stopped", long, { onStop: "cancel" });
    const first = runHeld(file, "stopped");
    await validated(out("stopped"), 2);
    first.child.kill("SIGINT");
    expect(await first.end(30)).toBe(130);
    open(out("stopped"));
    await until("no training is at work", () => trainingsOf(out("stopped")).length === 0, 30);
    await endsAsAlone(run(file, "stopped"), "stopped");
    expect(log("stopped")).toMatch(continued);
  });
});
