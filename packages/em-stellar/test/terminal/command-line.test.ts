import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { quoted } from "@em-stellar/data/node";
import { expect, it } from "vitest";
import { commandLine } from "../../src/terminal/command-line.js";
import { explainFolder } from "../../src/terminal/folder-as-suite.js";

it.each(["runs/my-images", "Marys data (2024)/suite.json", "it's", 'a"b$HOME`x`', "*", "--out=a b"])(
  "a shell takes %j as one word, as it is",
  (word) => {
    expect(execFileSync("sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" })).toBe(word);
  },
);

it("commands to paste quote what needs it, and nothing else", async () => {
  expect(commandLine(["evaluate", "--truth", "my masks"])).toBe("npx em-stellar evaluate --truth 'my masks'");
  const folder = await mkdtemp(join(tmpdir(), "em stellar "));
  expect((await explainFolder(folder)).message).toContain(`npx em-stellar init '${folder}'`);
  await writeFile(join(folder, "suite.json"), "{}");
  expect((await explainFolder(folder)).message).toContain(`npx em-stellar run '${join(folder, "suite.json")}'`);
  await rm(folder, { recursive: true });
});
