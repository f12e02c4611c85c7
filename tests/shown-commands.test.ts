import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { main } from "../packages/em-stellar/src/cli.js";
import { blocksOf, commandsIn } from "./shown-commands.js";
import { packages, root } from "./workspace.js";

// Every command and every option that a page shows, against what the command itself says of them.

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  ...readdirSync(join(root, "docs")).flatMap((name) => (name.endsWith(".md") ? `docs/${name}` : [])),
  ...readdirSync(join(root, "examples")).map((name) => `examples/${name}/README.md`),
  ...packages.map(({ short }) => `packages/${short}/README.md`),
];

/** Options of each command, as `--help` prints them; those of the program itself under an empty name. */
const optionsOf = new Map<string, readonly string[]>();
beforeAll(async () => {
  const ofAll = await helpOf();
  const names = [...(ofAll.split("\nCommands:\n")[1]?.matchAll(/^ {2}([a-z]+) /gm) ?? [])].map(([, name = ""]) => name);
  optionsOf.set("", optionsIn(ofAll));
  for (const name of names) optionsOf.set(name, [...optionsIn(await helpOf(name)), ...optionsIn(ofAll)]);
});

async function helpOf(...command: string[]): Promise<string> {
  let said = "";
  const output = { write: (text: string) => (said += text) };
  await main([...command, "--help"], { stdout: output, stderr: output, env: {} });
  return said;
}
function optionsIn(help: string): string[] {
  return [...help.matchAll(/^ {2}(?:(-\w), )?(--[a-z-]+)/gm)].flatMap(([, short, long]) =>
    [short, long].flatMap((option) => option ?? []),
  );
}

/** The lines of a page that call `em-stellar`: in blocks for a shell, and in backquotes. */
function callsIn(page: string): string[] {
  const file = join(root, page);
  const shells = blocksOf(file).filter(({ language }) => language === "sh");
  const prose = readFileSync(file, "utf8").replace(/^( *)```[\s\S]*?^ *```$/gm, "");
  const inline = [...prose.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code.replace(/\s+/g, " "));
  const lines = [...shells.flatMap(({ text }) => commandsIn(text)), ...inline];
  return lines.flatMap((line) => /^(?:npx )?em-stellar (.+)$/.exec(line)?.[1] ?? []);
}

/** What of a call the command does not have. */
function unknownIn(call: string): string[] {
  const [first = "", ...rest] = call.split(" ");
  const known = optionsOf.get(first.startsWith("-") ? "" : first);
  if (!known) return [first];
  return [first, ...rest]
    .flatMap((word) => /^--?[a-z][a-z-]*/.exec(word)?.[0] ?? [])
    .filter((option) => !known.includes(option));
}

describe("a page shows commands that there are", () => {
  it("finds the commands of the program, and what is wrong with a call", () => {
    expect([...optionsOf.keys()]).toEqual(expect.arrayContaining(["init", "run", "predict", "evaluate", "doctor"]));
    expect(optionsOf.get("predict")).toEqual(expect.arrayContaining(["-o", "--out", "--overlap", "--debug"]));
    expect(unknownIn("predict runs/a new --out x --otuput mask")).toEqual(["--otuput"]);
    expect(unknownIn("segment runs/a")).toEqual(["segment"]);
  });

  it.each(pages)("%s", (page) => {
    expect(callsIn(page).flatMap(unknownIn)).toEqual([]);
  });

  it("README and getting started show most of them", () => {
    const shown = ["README.md", "docs/getting-started.md"].flatMap(callsIn).map((call) => call.split(" ")[0]);
    expect(shown).toEqual(expect.arrayContaining(["init", "run", "doctor", "evaluate", "features", "predict", "list"]));
  });
});

describe("an option in backquotes", () => {
  /** Of other programs: Chrome, tensorflowjs_converter, Slurm, `npm run bench gpu`, scripts of this repository. */
  const others = [
    "--enable-unsafe-webgpu",
    "--output_format",
    "--parts",
    "--seconds",
    "--networks",
    "--base",
    "--batch",
    "--steps",
    "--python",
    "--package",
    "--unlink",
    "--time",
    "--gres",
  ];

  it.each(pages)("is one of some command in %s", (page) => {
    const text = readFileSync(join(root, page), "utf8").replace(/^( *)```[\s\S]*?^ *```$/gm, "");
    const options = [...text.matchAll(/`(--[^`]+)`/g)].flatMap(
      ([, code = ""]) => code.match(/(?<=^|\s)--[a-z_-]+/g) ?? [],
    );
    const known = [...optionsOf.values()].flat();
    expect(options.filter((option) => !known.includes(option) && !others.includes(option))).toEqual([]);
  });
});
