import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { root } from "./workspace.js";

// What GitHub runs exists here. Only GitHub can tell whether it passes there.

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly steps: readonly Step[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly unknown[]>> };
}
interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = join(root, ".github/workflows");
const files = readdirSync(folder);
const workflows = new Map(files.map((file) => [file, parse(readFileSync(join(folder, file), "utf8")) as Workflow]));
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** Commands of a step: its own, and those that it passes to the action that makes releases. */
function commandsOf({ run, uses, with: inputs }: Step): string[] {
  const passed = uses?.startsWith("changesets/action@") ? [inputs?.version, inputs?.publish] : [];
  return [run, ...passed].flatMap((text) => (text === undefined ? [] : String(text).trim().split("\n")));
}

function exists(command: string): boolean {
  const [program = "", verb = "", name = ""] = command.split(" ");
  if (program !== "npm") return existsSync(join(root, program));
  return verb === "ci" || (verb === "run" ? name : verb) in scripts;
}

describe.each(files)("the workflow %s", (file) => {
  const jobs = Object.values(workflows.get(file)?.jobs ?? {});
  const steps = jobs.flatMap((job) => job.steps);

  it("runs only npm scripts and files that exist", () => {
    expect(steps.length).toBeGreaterThan(0);
    expect(steps.flatMap(commandsOf).filter((command) => !exists(command))).toEqual([]);
  });

  it("names a version of each action", () => {
    expect(steps.flatMap(({ uses = "a@v1" }) => (/@v\d+$/.test(uses) ? [] : [uses]))).toEqual([]);
  });
});

describe("the workflows together", () => {
  const jobOf = (file: string, name: string) => workflows.get(file)?.jobs[name];
  const inputOf = (job: Job | undefined, action: string, name: string) =>
    job?.steps.find(({ uses }) => uses?.startsWith(`${action}@`))?.with?.[name];

  it("test on three systems and three versions of Node.js", () => {
    expect(jobOf("checks.yml", "quick")?.strategy?.matrix).toEqual({
      os: ["ubuntu-latest", "macos-latest", "windows-latest"],
      node: [20, 22, 24],
    });
  });

  it("upload the folder that `npm run site` writes", () => {
    const path = inputOf(jobOf("pages.yml", "build"), "actions/upload-pages-artifact", "path");
    const config = readFileSync(join(root, "site/.vitepress/config.ts"), "utf8");
    const [, outDir] = /outDir: "(.+?)"/.exec(config) ?? [];
    expect(path).toBe(`site/${outDir}`);
  });

  it("let a release open a pull request and sign what it publishes", () => {
    expect(jobOf("release.yml", "release")?.permissions).toEqual({
      contents: "write",
      "pull-requests": "write",
      "id-token": "write",
    });
  });
});
