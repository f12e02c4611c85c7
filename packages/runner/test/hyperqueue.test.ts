import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hyperqueue } from "@em-stellar/runner/node";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EngineError } from "../src/node/batch/engine.js";
import { type hyperqueueEngine, parseJobs, parseTasks, submitArguments, taskScript } from "../src/node/hyperqueue.js";

// What hq 0.26.2 printed: an array of four tasks, two of which had ended, and one of somebody else.
const list = `[
  { "cancel_reason": null, "id": 1, "is_open": false, "name": "em-hyperqueue-a", "task_count": 4,
    "task_stats": { "aborted": 0, "canceled": 0, "failed": 0, "finished": 2, "running": 2, "waiting": 0 } },
  { "cancel_reason": null, "id": 3, "is_open": false, "name": "other", "task_count": 1,
    "task_stats": { "aborted": 0, "canceled": 0, "failed": 0, "finished": 0, "running": 0, "waiting": 1 } }
]`;
const silence = `{
  "error": "Access token found but HQ server 127.0.0.1:33085 is unreachable.\\nTry to (re)start the server\\n\\nStack backtrace:\\n   0: <E as anyhow::context::ext::StdError>::ext_context"
}`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-hyperqueue-"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

type Options = Parameters<typeof hyperqueueEngine>[0];
const options = (given: Parameters<typeof hyperqueue>[0] = {}) => hyperqueue(given).options as Options; // all are given a default

describe("what HyperQueue prints", () => {
  it("is read as jobs and their tasks", () => {
    const jobs = parseJobs(list);
    expect([...jobs]).toEqual([
      ["1", "em-hyperqueue-a"],
      ["3", "other"],
    ]);
    expect(parseTasks('{ "1": [2, 3], "3": [] }', jobs)).toEqual([
      { name: "em-hyperqueue-a", index: 2, id: "1@2" },
      { name: "em-hyperqueue-a", index: 3, id: "1@3" },
    ]);
    expect([...parseJobs("[]")]).toEqual([]);
  });

  it("is an error where it is no list, rather than an empty queue", () => {
    for (const text of [silence, "", "{}", '[{ "name": "x" }]']) expect(() => parseJobs(text)).toThrow(EngineError);
    for (const text of [silence, "", '{ "7": [1] }']) expect(() => parseTasks(text, new Map())).toThrow(EngineError);
  });

  it("is waited for where its server cannot be reached, and believed where it refuses", async () => {
    const says = (text: string, status: number, stream = 1) => {
      writeFileSync(join(folder, "hq"), `#!/bin/bash\ncat >&${stream} <<'END'\n${text}\nEND\nexit ${status}\n`);
      chmodSync(join(folder, "hq"), 0o755);
    };
    vi.stubEnv("PATH", `${folder}:${process.env.PATH}`);
    const { hyperqueueEngine } = await import("../src/node/hyperqueue.js");
    const engine = hyperqueueEngine(options());
    says(silence, 1);
    const unheard = await engine.tasks(["em-hyperqueue-a"]).catch((error: unknown) => error);
    expect(unheard).toMatchObject({ isRefusal: false, message: expect.not.stringContaining("anyhow") });
    says("error: unexpected argument found\n\nStack backtrace:\n  0: x", 2, 2);
    const refused = await engine.submit({ name: "n", folder, jobs: ["a"] }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ isRefusal: true, message: "hq failed: error: unexpected argument found" });
  });
});

describe("what HyperQueue is given", () => {
  it("has the suite's options and the user's flags as they are, before the script", () => {
    const given = options({ gpus: 0.5, cpus: 2, flags: ["--time-request=1h"] });
    expect(submitArguments({ name: "em-hyperqueue-1", folder: "/runs/x", jobs: ["a", "b", "c"] }, given)).toEqual([
      "submit",
      "--name=em-hyperqueue-1",
      "--array=0-2",
      "--stdout=none",
      "--stderr=none",
      "--cpus=2",
      "--resource=gpus/nvidia=0.5",
      "--time-request=1h",
      "--",
      "/runs/x/task.sh",
    ]);
  });

  it("is a script that does the job of its line, and adds to the task's log", () => {
    const place = join(folder, "two words");
    mkdirSync(join(place, "logs"), { recursive: true });
    writeFileSync(join(place, "jobs.txt"), "unet/fold-0/seed-1\nunet/fold-1/seed-1\n");
    const script = join(place, "task.sh");
    const command = ["bash", "-c", 'echo "job $0"; exit 75'];
    writeFileSync(script, taskScript({ name: "n", folder: place, jobs: [] }, command, options({ setup: ["x=1"] })));
    const play = (id: string) => spawnSync("bash", [script], { env: { ...process.env, HQ_TASK_ID: id } }).status;
    expect([play("1"), play("1"), play("2")]).toEqual([75, 75, 65]);
    expect(readFileSync(join(place, "logs", "1.out"), "utf8")).toBe("job unet/fold-1/seed-1\njob unet/fold-1/seed-1\n");
    execFileSync("bash", ["-n", script]);
  });

  it("refuses options that cannot be", () => {
    expect(() => hyperqueue({ gpus: 0 })).toThrow('needs a "gpus" above 0, or null for none');
    expect(() => hyperqueue({ attempts: 0 })).toThrow('"attempts"');
  });
});
