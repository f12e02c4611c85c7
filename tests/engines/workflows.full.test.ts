import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installed, whyMissing } from "./installed.js";
import { startSlurm, whyNoSlurm } from "./slurm-cluster.js";
import { command, findings, leftovers, open, placeGate, shut, start, suite, trainingsOf, validated } from "./trials.js";
import { until } from "./until.js";

const [snakemake, python, jars] = ["python/bin/snakemake", "python/bin/python", "nextflow"].map(installed) as [
  string,
  string,
  string,
];
const missing = whyNoSlurm() ?? whyMissing([snakemake, python, "java", jars], process.env);
if (missing) console.log(`Tests of workflows are skipped: ${missing}.`);

describe.skipIf(missing)("workflows", () => {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar workflows "));
  const what = suite(3, 80);
  let expected: ReturnType<typeof findings>;
  beforeAll(async () => {
    placeGate(folder);
    writeFileSync(join(folder, "suite.json"), JSON.stringify(what));
    const driver = start(folder, {}, "run", "suite.json", "--out", "alone", "--executor", "in-process");
    expect(await driver.end(200), driver.said()).toBe(0);
    expected = findings(join(folder, "alone"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Plans the suite and writes a workflow; the run folder. */
  async function planned(engine: string): Promise<string> {
    for (const words of [
      ["plan", "suite.json", "--out", engine],
      ["workflow", engine, engine],
    ]) {
      const driver = start(folder, {}, ...words);
      expect(await driver.end(60), driver.said()).toBe(0);
    }
    return join(folder, engine);
  }

  /** Runs an engine; its exit status and what it printed. One training is killed on the way: the engine does it again. */
  async function played(out: string, program: string, words: readonly string[], environment: object = {}) {
    shut(out);
    const child = spawn(program, words, {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
    let status: number | null | undefined;
    child.on("close", (code) => {
      status = code;
    });
    await validated(out, 1);
    const [victim] = trainingsOf(out);
    process.kill(victim as number, "SIGKILL");
    open(out);
    await until(
      `${program} ends`,
      () => status !== undefined,
      300,
      () => said,
    );
    return { status, said };
  }

  it("Snakemake does the jobs, one again that was killed, and makes results and report", async () => {
    const out = await planned("snakemake");
    const words = ["--snakefile", join(out, "workflows/Snakefile"), "--cores", "2", "--keep-going"];
    const { status, said } = await played(out, snakemake, words, { XDG_CACHE_HOME: join(folder, "cache") });
    expect(status, said).toBe(0);
    expect(said).toContain("Trying to restart job");
    expect(findings(out)).toEqual(expected);
    expect(leftovers(out)).toEqual([]);
    expect(existsSync(join(out, "report/index.html"))).toBe(true);
  });

  it("Nextflow likewise", async () => {
    const out = await planned("nextflow");
    const opened = ["lang", "io", "nio", "nio.file.spi", "net", "util", "util.concurrent", "util.regex"]
      .map((name) => `java.base/java.${name}`)
      .concat("java.base/sun.nio.ch", "java.base/sun.nio.fs")
      .map((name) => `--add-opens=${name}=ALL-UNNAMED`);
    const words = [...opened, "-cp", join(jars, "*"), "nextflow.cli.Launcher", "run", join(out, "workflows/main.nf")];
    const { status, said } = await played(out, "java", words, {
      NXF_HOME: join(folder, "home"),
      NXF_OFFLINE: "true",
      NXF_PLUGINS_DEFAULT: "false", // they would be downloaded
      NXF_ANSI_LOG: "false",
    });
    expect(status, said).toBe(0);
    expect(said).toContain("Execution is retried (1)");
    expect(findings(out)).toEqual(expected);
    expect(leftovers(out)).toEqual([]);
    expect(existsSync(join(out, "report/index.html"))).toBe(true);
  });

  it("a script gives Slurm the jobs in arrays, and then results and report", async () => {
    const out = await planned("slurm");
    const cluster = await startSlurm(mkdtempSync(join(tmpdir(), "em-stellar-slurm-"))); // whose paths have no spaces
    try {
      const env = { ...process.env, ...cluster.environment };
      execFileSync("bash", [join(out, "workflows/slurm.sh"), "--mem=100"], { cwd: folder, env });
      await until("results are made", () => existsSync(join(out, "report/index.html")), 300);
      await until("nothing is queued", () => cluster.ask("squeue", "--noheader") === "", 60);
    } finally {
      await cluster.stop();
    }
    expect(findings(out)).toEqual(expected);
    expect(leftovers(out)).toEqual([]);
  });

  it("what Kubernetes gets is as its schemas say, and its container does a job", async () => {
    const out = await planned("kubernetes");
    const file = join(out, "workflows/kubernetes.yaml");
    const isValid = (yaml: string) => {
      const tried = join(folder, "tried.yaml");
      writeFileSync(tried, yaml);
      try {
        execFileSync(python, ["-m", "kubernetes_validate", "--strict", tried], { stdio: "pipe" });
        return true;
      } catch {
        return false;
      }
    };
    const yaml = readFileSync(file, "utf8");
    expect(isValid(yaml)).toBe(true);
    expect(isValid(yaml.replace("backoffLimitPerIndex: 3", "backoffLimitPerIndex: often"))).toBe(false);
    expect(isValid(yaml.replace("completionMode", "completionWay"))).toBe(false);
    expect(yaml).toContain("completions: 8\n");

    const script = "import json, sys, yaml; print(json.dumps(list(yaml.safe_load_all(open(sys.argv[1])))))";
    const [jobs] = JSON.parse(execFileSync(python, ["-c", script, file], { encoding: "utf8" }));
    const [{ command: words, env }] = jobs.spec.template.spec.containers;
    const bin = join(folder, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "em-stellar"), `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`);
    chmodSync(join(bin, "em-stellar"), 0o755);
    const environment = { ...process.env, PATH: `${bin}:${process.env.PATH}`, JOB_COMPLETION_INDEX: "1" };
    for (const { name, value } of env) Object.assign(environment, { [name]: value });
    execFileSync(words[0], words.slice(1), { env: environment, stdio: "pipe" });
    const [, second = ""] = readFileSync(join(out, "jobs.txt"), "utf8").split("\n");
    expect(existsSync(join(out, "jobs", second, "metrics.json"))).toBe(true);
  });
});
