import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawReadersFolder } from "./draw-layouts.js";
import { blocksOf, walkedPages } from "./shown-commands.js";
import { root } from "./workspace.js";

// What somebody types who reads README.md, docs/getting-started.md and then the other pages, in a fresh clone. Blocks that
// take too long, or leave the machine, say so in a comment in the page itself (blocksOf).

/** Its JSON is the reader's suite.json from then on. */
const suitePage = "docs/getting-started.md";

let clone: string;
beforeAll(() => {
  clone = join(mkdtempSync(join(tmpdir(), "em-stellar-first-hour-")), "em-stellar");
  git(dirname(clone), "clone", "--quiet", "--local", root, clone);
  const changes = git(root, "diff", "--binary", "HEAD");
  if (changes !== "") git(clone, "apply", "--whitespace=nowarn", "-", changes);
  for (const file of git(root, "ls-files", "--others", "--exclude-standard").split("\n").filter(Boolean)) {
    cpSync(join(root, file), join(clone, file));
  }
});
afterAll(() => rmSync(dirname(clone), { recursive: true }));

function git(folder: string, ...args: string[]): string {
  const input = args[0] === "apply" ? args.pop() : undefined;
  const { status, stdout, stderr } = spawnSync("git", args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
    input,
  });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
  return stdout;
}

/** Runs lines as a person's shell does: nothing of this test's process is known to it. */
function shell(lines: string, folder: string) {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, CI: "true", npm_config_prefer_offline: "true", npm_config_update_notifier: "false" };
  const ran = spawnSync("bash", ["-c", lines], { cwd: folder, encoding: "utf8", env, maxBuffer: 2 ** 28 });
  return { status: ran.status, said: ran.stdout + ran.stderr };
}

it("from another folder, the command works as README.md says", () => {
  const [, shown = ""] =
    /`(npx --prefix PATH\/TO\/em-stellar em-stellar) run/.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  expect(shell("npm ci", clone).status).toBe(0);
  const line = shown.replace("PATH/TO/em-stellar", clone);
  const { status, said } = shell(
    `mkdir ../elsewhere && cd ../elsewhere && echo '{}' > suite.json && ${line} run suite.json`,
    clone,
  );
  expect([status, said]).toEqual([1, expect.stringContaining("suite.json: The suite cannot be read.")]);
});

/** What a page leaves in the folder where its commands ran, beside exit statuses of 0. */
const promised: Partial<Record<(typeof walkedPages)[number], readonly string[]>> = {
  "README.md": ["runs/demo/report/index.html", "my-images/suite.json"],
  "docs/getting-started.md": ["runs/my-images/report/index.html", "segmented/predictions.json", "my-images/suite.json"],
  "docs/prepare-your-data.md": ["my-images/suite.html"],
  "docs/evaluate.md": ["result/report/index.html"],
  "docs/predict.md": ["outlined/overlay", "measured/objects.csv"],
  "docs/features.md": ["features/report/index.html"],
  "docs/cluster.md": ["runs/cells/report/index.html"],
};

describe.each(walkedPages)("%s", (page) => {
  const blocks = blocksOf(join(root, page));
  const folder = () => (page.startsWith("examples/") ? join(clone, dirname(page)) : clone);

  it("begins with images of the reader", () => {
    for (const made of ["my-images", "segmented", "result"]) {
      rmSync(join(clone, made), { recursive: true, force: true });
    }
    drawReadersFolder(clone);
    mkdirSync(join(clone, "my-images"));
    for (const set of ["train", "test"]) cpSync(join(clone, set), join(clone, "my-images", set), { recursive: true });
  });

  it.each(blocks.filter(({ language }) => language === "sh" || (language === "json" && page === suitePage)))(
    "line $line: $text",
    ({ language, text, test = "" }) => {
      if (test.startsWith("skip, ")) return;
      if (test !== "") expect(test).toMatch(/^with\s/);
      const [, instead] = /^with\s([\s\S]+)$/.exec(test) ?? [];
      if (language === "json") {
        const suite = { ...JSON.parse(text), ...JSON.parse(instead ?? "{}") };
        writeFileSync(join(clone, "suite.json"), JSON.stringify(suite, null, 2));
        return;
      }
      const ran = shell(`set -e\n${instead ?? text}`, folder());
      expect(ran.status, ran.said).toBe(0);
    },
  );

  it("leaves what it promises", () => {
    const missing = (promised[page] ?? []).filter((file) => !existsSync(join(folder(), file)));
    expect(missing).toEqual([]);
  });
});
