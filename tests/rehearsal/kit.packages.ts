import { existsSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { kindNames, packageName } from "create-em-stellar-plugin";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { Project, runBeside, strangersEnv } from "./rehearsal.js";

const place = inject("place");
const env = strangersEnv(place, inject("registry"));

let maker: Project;
const folderOf = (kind: string) => join(maker.folder, packageName(`my-${kind}`));
const read = (kind: string, file: string) => readFileSync(join(folderOf(kind), file), "utf8");
const inPlugin = (kind: string, command: string, ...parameters: string[]) =>
  runBeside(folderOf(kind), env, command, ...parameters);

/** One plugin of each kind. Those that ask for the same packages share what npm installs for the first. */
beforeAll(async () => {
  maker = new Project(place, env);
  maker.install("create-em-stellar-plugin");
  const installed = new Map<string, string>();
  for (const kind of kindNames) {
    maker.run("npx", "create-em-stellar-plugin", kind, `my-${kind}`);
    const { peerDependencies, devDependencies } = JSON.parse(read(kind, "package.json"));
    const asked = JSON.stringify({ peerDependencies, devDependencies });
    const first = installed.get(asked);
    if (first === undefined) await inPlugin(kind, "npm", "install");
    else symlinkSync(join(folderOf(first), "node_modules"), join(folderOf(kind), "node_modules"), "dir");
    installed.set(asked, first ?? kind);
  }
});

/** Ten steps instead of two hundred: what the suite says is tried, not how well a network does. */
function shorten(kind: string): void {
  const suite = JSON.parse(read(kind, "suite.json"));
  const training = { ...suite.training, steps: 10, validateEvery: 5 };
  writeFileSync(join(folderOf(kind), "suite.json"), JSON.stringify({ ...suite, training }));
}

/** What a record names with its package, such as `my-loss of em-stellar-my-loss`. */
function componentsIn(record: unknown): string[] {
  if (typeof record !== "object" || record === null) return [];
  const below = Object.values(record).flatMap(componentsIn);
  return "id" in record && "package" in record ? [`${record.id} of ${record.package}`, ...below] : below;
}

describe("a plugin from the packed kit", () => {
  it.concurrent.each(kindNames)("%s: type-checks, passes its tests, and takes part in its suite", async (kind) => {
    await inPlugin(kind, "npm", "test");
    shorten(kind);
    await inPlugin(kind, "npm", "run", "benchmark");
    const run = join(folderOf(kind), "runs", `my-${kind}`);
    expect(existsSync(join(run, "report", "index.html"))).toBe(true);
    // A format is named by no suite: it read the images.
    if (kind === "format") return;
    if (kind === "backend") {
      // Nor is a backend: results say what they were computed on.
      const { environment } = JSON.parse(readFileSync(join(run, "results.json"), "utf8"));
      return expect(environment.device).toBe("my-backend (plain JavaScript)");
    }
    const record = readFileSync(join(run, "suite.json"), "utf8");
    expect(componentsIn(JSON.parse(record))).toContain(`my-${kind} of ${packageName(`my-${kind}`)}`);
  });
});
