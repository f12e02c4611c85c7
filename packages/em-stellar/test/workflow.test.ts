import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { workflows } from "@em-stellar/runner/node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { main } from "../src/cli.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-workflow-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function command(...args: string[]) {
  let [stdout, stderr] = ["", ""];
  const status = await main(args, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
  });
  return { status, stdout, stderr };
}

const odd = {
  run: `/it's "odd"/a b/$run`,
  folder: `/it's "odd"`,
  suite: "Cells_2.1",
  jobs: 5000,
  command: ["node", "/c d/bin.js"],
};

it("a planned run becomes a workflow of some 40 lines, which is not written over when somebody has changed it", async () => {
  const suite = join(folder, "suite.json");
  const data = { id: "phantom", options: { size: 64, trainImages: 4, testImages: 2, groups: 2 } };
  const networks = [{ id: "unet-bn", options: { baseFilters: 2, depth: 1 } }];
  const training = { patch: 32, batchSize: 1, steps: 4, validateEvery: 2 };
  const parts = {
    baselines: ["otsu"],
    loss: "dice",
    optimizer: "adam",
    metrics: ["jaccard"],
    folds: 2,
    backend: "wasm",
  };
  writeFileSync(suite, JSON.stringify({ name: "tiny", data, networks, training, ...parts }));
  const run = join(folder, "run");
  expect(await command("plan", suite, "--out", run)).toMatchObject({ status: 0 });
  for (const [engine, { file }] of Object.entries(workflows)) {
    const path = join(run, "workflows", file);
    const made = await command("workflow", engine, run);
    expect(made).toMatchObject({ status: 0, stderr: "" });
    expect(made.stdout).toContain(`tiny: 4 jobs for ${engine}, in ${path}`);
    expect(readFileSync(path, "utf8").split("\n").length).toBeLessThan(50);
    expect(await command("workflow", engine, run)).toMatchObject({ status: 0 });
    writeFileSync(path, "# mine");
    const again = await command("workflow", engine, run);
    expect(again.status).toBe(1);
    expect(again.stderr).toContain(
      `${path} already exists with different content. Remove it, or name another file with --out`,
    );
  }
  const { status, stderr } = await command("workflow", "slurm", join(folder, "nothing"));
  expect([status, stderr]).toEqual([1, expect.stringContaining("holds no planned run")]);
});

it("paths with quotes, spaces and dollars reach the shell as they are", () => {
  const [line = ""] = /^run=.*$/m.exec(workflows.slurm.text(odd)) ?? [];
  expect(execFileSync("bash", ["-c", `${line}\nprintf %s "$run"`], { encoding: "utf8" })).toBe(odd.run);
  execFileSync("bash", ["-n", "-c", workflows.slurm.text(odd)]);
  const [, groovy = ""] = /^params\.run = '(.*)'$/m.exec(workflows.nextflow.text(odd)) ?? [];
  const shell = groovy.replace(/\\(.)/g, "$1"); // as Groovy reads a text in single quotes
  expect(execFileSync("bash", ["-c", `printf %s ${shell}`], { encoding: "utf8" })).toBe(odd.run);
});

it("pods get the run's folder and the data's at the paths where the run was planned", () => {
  const inside = { ...odd, run: "/lab/em/runs/cells", folder: "/lab/em" };
  expect(workflows.kubernetes.text(inside)).toContain('volumeMounts: [{ name: data, mountPath: "/lab/em" }]');
  const apart = workflows.kubernetes.text({ ...inside, run: "/scratch/cells" });
  expect(apart).toContain('[{ name: runs, mountPath: "/scratch" }, { name: data, mountPath: "/lab/em" }]');
  expect(apart).toContain("  name: em-stellar-cells-2-1\n");
});
