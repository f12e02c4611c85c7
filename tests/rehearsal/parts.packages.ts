import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { hasChromium, launchChromium } from "../browser/chromium.js";
import { snippetOf } from "../readme.js";
import { root } from "../workspace.js";
import { bundle, bundleByRollup } from "./bundles.js";
import { Project, strangersEnv } from "./rehearsal.js";

const place = inject("place");
const env = strangersEnv(place, inject("registry"));

/** A project with some packages and nothing else. */
function projectWith(...packages: string[]): Project {
  const project = new Project(place, env);
  project.install(...packages);
  return project;
}

const programOf = (name: string) => readFileSync(join(root, "tests", "rehearsal", "programs", name), "utf8");

/** What a program in TypeScript prints in a project. */
function run(project: Project, code: string): string {
  const compilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext };
  project.write("program.js", ts.transpileModule(code, { compilerOptions }).outputText);
  return project.run(process.execPath, "program.js");
}

/** The last line of what is printed: tfjs greets before. */
const lastLine = (printed: string) => JSON.parse(printed.trimEnd().split("\n").at(-1) ?? "");

describe("data alone", () => {
  it("runs its README's snippet without tfjs", () => {
    const project = projectWith("@em-stellar/core", "@em-stellar/data");
    expect(project.ours()).toEqual(["core", "data"]);
    expect(existsSync(join(project.folder, "node_modules", "@tensorflow"))).toBe(false);
    const printed = run(project, snippetOf(join(root, "packages", "data", "README.md")).code);
    expect(printed).toContain("A1 100 × 100 padded to 112 × 112");
  });
});

describe("losses and optimizers", () => {
  let project: Project;
  beforeAll(() => {
    const tfjs = ["core", "layers", "backend-cpu"].map((part) => `@tensorflow/tfjs-${part}@4.22.0`);
    project = projectWith("@em-stellar/core", "@em-stellar/losses", "@em-stellar/optimizers", ...tfjs);
  });

  it("train a model of plain tfjs, in a loop of one's own and by fit", () => {
    expect(project.ours()).toEqual(["core", "kernels", "losses", "optimizers"]);
    const { loop, fit } = lastLine(run(project, programOf("training-loop.ts")));
    // All probabilities are a half at first: −(2 · 1 + 1) / (2 + 2 + 1).
    expect(loop[0]).toBeCloseTo(-0.6, 6);
    expect(loop[1]).toBeLessThan(-0.65);
    expect(fit[1]).toBeLessThan(fit[0]); // it went on from there
  });

  it("one loss brings no other into a bundle, by esbuild and by rollup", async () => {
    const code = 'import { dice } from "@em-stellar/losses"; console.log(dice);';
    const external = ["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"];
    const bundles = [
      Buffer.from(await bundle(code, project, ...external)).toString(),
      bundleByRollup(code, project, inject("tools")),
    ];
    for (const text of bundles) {
      expect(text).toContain("dice");
      for (const other of ["jaccard-log", "focal", "binary-cross-entropy"]) expect(text).not.toContain(other);
    }
  });
});

describe("a network's package with the runner", () => {
  it("benchmarks, where everything else is the user's own", () => {
    const tfjs = ["core", "layers", "backend-cpu"].map((part) => `@tensorflow/tfjs-${part}@4.22.0`);
    const project = projectWith("@em-stellar/core", "@em-stellar/nets-unet", "@em-stellar/runner", ...tfjs);
    expect(project.ours()).toEqual(["analysis", "core", "data", "nets-unet", "runner"]);
    const { name, states, right } = lastLine(run(project, programOf("network-and-runner.ts")));
    expect([name, states]).toEqual(["unet-bn", ["done", "done"]]);
    expect(right).toBeGreaterThan(0);
  });
});

describe("evaluation in a page", () => {
  let script: Uint8Array;
  beforeAll(async () => {
    const project = projectWith("@em-stellar/core", "@em-stellar/evaluation", "@em-stellar/metrics");
    script = await bundle(programOf("evaluation-page.ts"), project);
  });

  it("brings no more than 230 kB, all metrics included", () => {
    expect(script.length / 1000).toBeLessThan(230);
  });

  it.skipIf(!hasChromium)("scores masks (needs Chromium: scripts/install-chromium.sh)", async () => {
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      // Checksums are the browser's own, which a page has that came by https.
      await page.route("https://page.test/", (route) => route.fulfill({ contentType: "text/html", body: "<p>" }));
      await page.goto("https://page.test/");
      const printed = page.waitForEvent("console", { timeout: 60_000 });
      await page.addScriptTag({ content: Buffer.from(script).toString() });
      // Half of the object: 2 rows of 4.
      expect((await printed).text()).toBe("all 1, half 0.5");
    } finally {
      await browser.close();
    }
  });
});
