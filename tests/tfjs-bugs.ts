import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "./workspace.js";

interface Bug {
  readonly name: string;
  readonly code: string;
}

/** A block of JavaScript of docs/tfjs-bugs.md under its heading; `kind` is the word behind "js", if any. */
function blocks(kind: "" | "tensorflow" | "webgpu" | "webgpu-start"): Bug[] {
  const page = readFileSync(join(root, "docs", "tfjs-bugs.md"), "utf8");
  return page.split(/^#+ /m).flatMap((section) => {
    const [name = ""] = section.split("\n");
    return [...section.matchAll(/^```js ?(.*)\n([\s\S]*?)^```$/gm)]
      .filter(([, word]) => word === kind)
      .map(([, , code = ""]) => ({ name, code }));
  });
}

/** Each bug of the page, on wasm and cpu, on tensorflow or on webgpu, still does what its comments say; each block runs in a process of its own. */
export function bugsAreThere(where: "" | "tensorflow" | "webgpu", env: Readonly<Record<string, string>> = {}): void {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(root, "tests", ".bugs-")); // where imports resolve as in any package
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const start = where === "webgpu" ? blocks("webgpu-start").map(({ code }) => code) : [];
  // Dawn keeps a program alive.
  const end = where === "webgpu" ? ["process.exit();\n"] : [];
  it.concurrent.each(blocks(where).map(({ name, code }, i) => [name, code, i] as const))("%s", async (_, code, i) => {
    const promises = [...code.matchAll(/^ *console\.log\(.*\); \/\/ (.*) \(right: (.*)\)$/gm)];
    expect(promises.length, "console.log(…); // what it prints (right: what it should)").toBeGreaterThan(0);
    const file = join(folder, `${i}.mjs`);
    writeFileSync(file, [...start, code, ...end].join(""));
    const { stdout } = await promisify(execFile)(process.execPath, [file], { env: { ...process.env, ...env } });
    const printed = stdout.trimEnd().split("\n").slice(-promises.length); // Dawn writes lines of its own before
    expect(printed, "What tfjs does here has changed: see docs/tfjs-bugs.md").toEqual(
      promises.map(([, wrong]) => wrong),
    );
  });
}
