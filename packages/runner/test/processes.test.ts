import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type JobId, jobPath, type PlannedRun, type RunEvent } from "@em-stellar/core";
import { auto, processes } from "@em-stellar/runner/node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-processes-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const jobs = [0, 1, 2, 3].map((fold): JobId => ({ method: "net", fold, seed: 1 }));
const floor: JobId = { method: "floor", fold: 0, seed: 1 };

/** A run whose workers are a script of a few lines; each start is a line in a file. */
function planWith(script: string, change: Partial<PlannedRun> = {}): PlannedRun & { starts(): number[] } {
  const [module, log] = [join(folder, "worker.mjs"), join(folder, "starts")];
  writeFileSync(log, "");
  const shared = `
    import { appendFileSync } from "node:fs";
    appendFileSync(process.argv[2], process.pid + "\\n");
    const send = (message) => process.send(message);
    const job = (work) => process.on("message", async ({ job }) => { await work(job); send({ type: "idle" }); });
    const event = (event) => send({ type: "event", event });
    process.on("disconnect", () => process.exit(0));
  `;
  writeFileSync(module, `${shared}\n${script}`);
  return {
    location: folder,
    workers: 2,
    stateOf: async () => undefined,
    resultOf: async () => undefined,
    isFloor: ({ method }) => method === "floor",
    async *run(job) {
      yield { type: "job-started", job, step: 0, totalSteps: 0 };
    },
    door: { command: () => ["false"], server: [module, log], environment: (worker) => ({ WORKER: String(worker) }) },
    starts: () => readFileSync(log, "utf8").split("\n").filter(Boolean).map(Number),
    ...change,
  };
}
const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};
async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const list: RunEvent[] = [];
  for await (const event of events) list.push(event);
  return list;
}
const finishing = `
  job((job) => event({ type: "job-finished", job, result: { worker: process.env.WORKER, pid: process.pid } }));
  send({ type: "ready" });
`;
const namesOf = (events: RunEvent[], type: RunEvent["type"]) =>
  events.flatMap((event) => (event.type === type && "job" in event && event.job ? [jobPath(event.job)] : [])).sort();

describe("processes", () => {
  it("does each job once, several in one process, each worker with its own environment, and floors in this process", async () => {
    const plan = planWith(finishing);
    const events = await all(processes().run(plan, [floor, ...jobs]));
    expect(namesOf(events, "job-finished")).toEqual(jobs.map(jobPath));
    expect(namesOf(events, "job-started")).toEqual([jobPath(floor)]);
    expect(plan.starts()).toHaveLength(2);
    for (const pid of plan.starts()) expect(isAlive(pid)).toBe(false);
  });

  it("starts as many as it is told to, and no more than there are jobs", async () => {
    const plan = planWith(finishing);
    await all(processes({ workers: 3 }).run(plan, jobs.slice(0, 1)));
    expect(plan.starts()).toHaveLength(1);
    expect(() => processes({ workers: 0 })).toThrow(/at least 1, or null, for "workers", but was given 0/);
  });

  it("stops at once when nobody listens any more: no process is left, and none is started", async () => {
    const plan = planWith(`
      job((job) => { event({ type: "job-started", job, step: 0, totalSteps: 9 }); while (true) {} });
      send({ type: "ready" });
    `);
    const began = performance.now();
    for await (const _ of processes().run(plan, jobs)) break;
    const started = plan.starts();
    for (const pid of started) expect(isAlive(pid)).toBe(false);
    expect(performance.now() - began).toBeLessThan(30_000); // of a loaded machine
    await wait(300);
    expect(plan.starts()).toEqual(started);
  });

  it("ends with the reason of a signal, also while no worker tells anything, and lets workers end their work", async () => {
    const plan = planWith(`
      const { writeFileSync } = await import("node:fs");
      job(() => new Promise(() => {}));
      process.removeAllListeners("disconnect");
      process.on("SIGTERM", () => {});
      process.on("disconnect", () => setTimeout(() => { writeFileSync(process.argv[2] + process.pid, ""); process.exit(0); }, 200));
      send({ type: "ready" });
      event({ type: "warning", code: "here", message: "here" });
    `);
    const stopping = new AbortController();
    const events = processes()
      .run({ ...plan, signal: stopping.signal }, jobs)
      [Symbol.asyncIterator]();
    await events.next();
    await events.next();
    setTimeout(() => stopping.abort(new Error("enough")), 50);
    await expect(events.next()).rejects.toThrow("enough");
    expect(plan.starts()).toHaveLength(2);
    for (const pid of plan.starts()) {
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(join(folder, `starts${pid}`))).toBe(true);
    }
    await expect(
      processes()
        .run({ ...plan, signal: stopping.signal }, jobs)
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toThrow("enough");
  });

  it("whose workers end before they take a job gives up after two in a row, with their last words", async () => {
    const plan = planWith('console.error("Error: the driver is older than the library"); process.exit(3);');
    await expect(all(processes({ workers: 1 }).run(plan, jobs))).rejects.toThrow(
      /^Worker 1 ended twice before it could take a job \(exit code 3; its last output: Error: the driver is older than the library\)\./,
    );
    expect(plan.starts()).toHaveLength(2);
  });

  it("goes on with the others where one worker cannot start, and says so", async () => {
    const plan = planWith(`if (process.env.WORKER === "1") process.exit(3); ${finishing}`);
    const events = await all(processes().run(plan, jobs));
    expect(namesOf(events, "job-finished")).toEqual(jobs.map(jobPath));
    for (const event of events) if (event.type === "warning") expect(event.message).toContain("Worker 2 ended twice");
  });

  it("reports a job whose process died, with the reason, and gives the others to a fresh one", async () => {
    const plan = planWith(`
      job((job) => {
        event({ type: "step", job, step: 7, totalSteps: 9, loss: 0, stepsPerSecond: 1 });
        if (job.fold === 1) { console.error("FATAL ERROR: JavaScript heap out of memory"); process.exitCode = 9; setTimeout(() => process.exit(9), 50); return new Promise(() => {}); }
        event({ type: "job-finished", job, result: {} });
      });
      send({ type: "ready" });
    `);
    const events = await all(processes({ workers: 1 }).run(plan, jobs));
    expect(namesOf(events, "job-finished")).toEqual([jobs[0], jobs[2], jobs[3]].map((job) => jobPath(job as JobId)));
    expect(events).toContainEqual(
      expect.objectContaining({
        type: "job-failed",
        job: jobs[1],
        step: 7,
        cause: "process",
        message: expect.stringContaining("exit code 9; its last output: FATAL ERROR: JavaScript heap out of memory"),
      }),
    );
    expect(plan.starts()).toHaveLength(2);
  });

  it("leaves no training to a process in which one has failed", async () => {
    const plan = planWith(`
      job((job) => event(job.fold === 0
        ? { type: "job-failed", job, step: 1, message: "lost", cause: "device" }
        : { type: "job-finished", job, result: { pid: process.pid } }));
      send({ type: "ready" });
    `);
    const events = await all(processes({ workers: 1 }).run(plan, jobs));
    expect(namesOf(events, "job-finished")).toHaveLength(3);
    expect(plan.starts()).toHaveLength(2);
  });

  it("ends with what a worker says of the run itself, and needs a run that can be opened", async () => {
    const plan = planWith('send({ type: "error", message: "The disk is full.", expected: true });');
    await expect(all(processes().run(plan, jobs))).rejects.toThrow("The disk is full.");
    const { door: _, ...inMemory } = planWith(finishing);
    await expect(all(processes().run(inMemory, jobs))).rejects.toThrow(/Use the executor "in-process"/);
  });
});

describe("auto", () => {
  it("takes several processes only where more than one training is waiting", async () => {
    const plan = planWith(finishing);
    await all(auto().run(plan, [floor, jobs[0] as JobId]));
    expect(plan.starts()).toEqual([]);
    await all(auto().run(plan, jobs));
    expect(plan.starts()).toHaveLength(2);
  });

  it("leaves this process after its device gave up", async () => {
    const plan = planWith(finishing, {
      workers: 1,
      async *run(job) {
        yield { type: "job-failed", job, step: 3, message: "lost", cause: "device" };
      },
    });
    const events = await all(auto().run(plan, jobs));
    expect(namesOf(events, "job-failed")).toEqual([jobPath(jobs[0] as JobId)]);
    expect(namesOf(events, "job-finished")).toEqual(jobs.slice(1).map(jobPath));
  });
});
