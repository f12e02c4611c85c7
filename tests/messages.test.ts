import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createTiffEncoder } from "@em-stellar/data";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planesByTifffile } from "../packages/data/test/tiff-writer.js";
import { main } from "../packages/em-stellar/src/cli.js";
import { loadSuite } from "../packages/em-stellar/src/suite-file.js";

// Mistakes that people make in their first hour. Each message names the culprit, shows what was given, and says what works.

const suite = {
  name: "mine",
  data: { id: "image-folder", options: { images: "images", masks: "masks", testImages: "images", testMasks: "masks" } },
  networks: ["unet-bn", { id: "prelu-net", options: { depth: 2 } }],
  loss: "dice",
  optimizer: "adam",
  metrics: ["jaccard", "f1"],
  folds: 2,
  training: { patch: 32, batchSize: 1, steps: 2, validateEvery: 1 },
  backend: "cpu",
};
const text = JSON.stringify(suite, null, 2);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-messages-"));
  for (const name of ["a1", "a2"]) {
    put(
      `images/${name}.png`,
      picture((i) => (i * 37) % 251),
    );
    put(
      `masks/${name}.png`,
      picture((i) => (i % 32 > 12 ? 255 : 0)),
    );
  }
  put("volume.mrc", new Uint8Array(2048));
  for (const number of [1, 2]) {
    put(
      `numbered/mito_0${number}.png`,
      picture((i) => (i % 32 > 12 ? 255 : 0)),
    );
  }
  put("photos/a1.jpg", new Uint8Array([0xff, 0xd8, 0xff, 0xe0]));
  put("photos/a2.jpg", new Uint8Array([0xff, 0xd8, 0xff, 0xe0]));
  const pages = [0, 1].map(() => ({ width: 32, height: 32 }));
  const encoder = createTiffEncoder(pages, 8);
  put("stack.tif", Buffer.concat([...encoder.add(new Uint8Array(1024)), ...encoder.add(new Uint8Array(1024))]));
  put(
    "three.tif",
    planesByTifffile(
      32,
      32,
      [0, 1, 2].map(() => new Uint8Array(1024)),
    ),
  );
  put("network.mjs", "throw new Error('loaded')");
  put("elsewhere/evil.mjs", "throw new Error('loaded')");
  put("old-run/suite.json", '{ "schemaVersion": 1 }');
  put("old-run/manifest.json", '{ "environment": { "command": "npx em-stellar run mine.json" } }');
  put("of-suite/my-suite.json", "{}");
  put("images.json", text);
  symlinkSync(tmpdir(), join(folder, "link.mjs"));
  put("suite.yaml", "name: mine");
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(file: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), content);
}
function picture(value: (index: number) => number): Uint8Array {
  return encode({ width: 32, height: 32, channels: 1, data: Uint8Array.from({ length: 1024 }, (_, i) => value(i)) });
}

/** What the command says to somebody in that folder who gives these arguments. */
async function said(...args: string[]): Promise<string> {
  let [stdout, stderr] = ["", ""];
  const status = await main(
    args.map((arg) => arg.replace("@", `${folder}/`)),
    {
      stdout: { write: (part: string) => (stdout += part) },
      stderr: { write: (part: string) => (stderr += part) },
      env: {},
    },
  );
  expect(status, stdout).toBe(1);
  expect(stderr).not.toMatch(/\n +at |did not expect/);
  return stderr;
}
async function saidOf(content: string | Uint8Array): Promise<string> {
  put("suite.json", content);
  return said("run", "@suite.json", "--out", "@out");
}

/** A mistake, and what its message holds: the culprit, what was given, what works. */
type Case<Given> = [mistake: string, given: Given, ...told: string[]];

describe("the JSON of a suite", () => {
  it.each<Case<string>>([
    [
      "a comma forgotten",
      text.replace('"mine",', '"mine"'),
      "suite.json, line 2, column 16",
      'a comma is missing after this, before "data"',
    ],
    [
      "curly quotes",
      text.replace('"mine"', "“mine”"),
      "line 2, column 11: curly quotes (“)",
      'straight ones: "unet-bn"',
    ],
    ["single quotes", text.replace('"mine"', "'mine'"), "line 2, column 11: single quotes", "double ones"],
    [
      "an id without quotes",
      text.replace('"unet-bn"', "unet-bn"),
      "line 13, column 5: unet-bn has no quotes",
      'Write "unet-bn"',
    ],
    ["a name without quotes", text.replace('"folds"', "folds"), "column 3: folds has no quotes", 'Write "folds"'],
    ["a decimal comma", text.replace('"folds": 2', '"folds": 2,5'), "a comma within a number", "with a point: 0.5"],
    [
      "a path of Windows",
      text.replace('"images"', '"C:\\Users"'),
      'a single backslash in "C:\\Users"',
      'Write paths with "/"',
    ],
    ["the last brace forgotten", text.slice(0, -1), "the file ends here", 'Add "}"'],
    [
      "a brace too many",
      `${text}}`,
      'line 35, column 2: the suite is complete before this; "}" must not follow',
      'one "}" too many',
    ],
    ["words of Python", text.replace('"folds": 2', '"augmentation": None'), "None is not a word of JSON", "Write null"],
    ["a colon forgotten", text.replace('"folds": 2', '"folds" 2'), 'a colon is missing before "2"', '"name": value'],
    [
      "a quote not closed",
      text.replace('"mine"', '"mine'),
      "line 2, column 11: the text that begins here",
      "lacks its closing quote",
    ],
    [
      "a field twice",
      text.replace('"folds": 2', '"folds": 2,\n"folds": 3'),
      'line 28, column 1: "folds"',
      "a second time, after line 27, column 3",
    ],
    ["an empty file", "\n", "suite.json is empty"],
  ])("%s", async (_, content, ...told) => {
    const message = await saidOf(content);
    for (const words of told) expect(message).toContain(words);
  });

  it.each<[what: string, content: Uint8Array | string]>([
    ["a byte order mark", `\ufeff${text}`],
    ["UTF-16, as PowerShell 5 writes it", new Uint8Array(Buffer.from(`\ufeff${text}`, "utf16le"))],
    [
      "comments and commas at the end",
      text.replace('"mine",', '"mine", // a comment\n/* another */').replace(/\}$/, ",}"),
    ],
  ])("takes %s", async (_, content) => {
    put("accepted.json", content);
    const { suite: read } = await loadSuite(join(folder, "accepted.json"));
    expect(read).toMatchObject({ name: "mine", trainings: [{ options: { patch: 32 } }] });
  });
});

describe("the fields of a suite", () => {
  it.each<Case<object>>([
    [
      "one that is missing",
      { networks: undefined },
      'networks is missing. It takes a list, such as ["unet-bn", "prelu-net"]',
    ],
    [
      "one that is misspelt",
      { networks: undefined, netwroks: ["unet"] },
      'A suite has no field "netwroks". Did you mean "networks"?',
    ],
    [
      "one that stands elsewhere",
      { steps: 100 },
      'A suite has no field "steps". Put it into "training": { "steps": 100 }',
    ],
    ["an unknown one", { colour: "red" }, 'no field "colour". Fields: plugins, name, data'],
    ["a word for a number", { folds: "four" }, 'folds takes a number, but is "four"'],
    [
      "one id for a list",
      { networks: "unet-bn" },
      'networks takes a list, such as ["unet-bn", "prelu-net"], but is "unet-bn"',
    ],
    [
      "a number for an id",
      { networks: [5] },
      'networks[0] takes an id, or { "id": …, "options": { … } }, such as "unet-bn", but is 5',
    ],
    [
      "an option beside the id",
      { networks: [{ id: "unet-bn", depth: 2 }] },
      'networks[0] has no field "depth"',
      '{ "id": "unet-bn", "options": { "depth": 2 } }',
    ],
    [
      "a choice that there is not",
      { training: { threshold: "best" } },
      'training.threshold takes one of "fixed", "validation", but is "best"',
    ],
    [
      "a misspelt id",
      { networks: ["unet-bm"] },
      'networks[0]: No network named "unet-bm". Did you mean "unet-bn"? Available: cdeep3m',
    ],
    [
      "a misspelt option",
      { networks: [{ id: "unet-bn", options: { dept: 2 } }] },
      'networks[0]: network "unet-bn" has no option "dept". Did you mean "depth"?',
    ],
    [
      "an option of another type",
      { networks: [{ id: "unet-bn", options: { depth: "2" } }] },
      'needs a number for "depth", but was given "2"',
    ],
    [
      "a patch that does not fit",
      { training: { patch: 30 } },
      'training.patch is 30, but network "unet-bn" takes sides that are multiples of 16. Nearest: 16 or 32',
    ],
    ["a patch beyond all devices", { training: { patch: 65536 } }, "training.patch", "at most 8192, but is 65536"],
    [
      "a checkpoint by no metric",
      { training: { checkpoints: ["jacard"] } },
      'training.checkpoints[0] is "jacard"',
      'Did you mean "jaccard"? Available: loss, jaccard, f1',
    ],
    [
      "a name with spaces",
      { name: "my images!" },
      'Suite "my images!": the name becomes part of paths',
      'Try "my-images"',
    ],
    ["a name that is a path", { name: ".." }, 'Suite ".."', "not only dots"],
    [
      "a seed that JSON does not keep",
      { seeds: [1e300] },
      "seeds[0] must be a whole number, at most 9007199254740991, but is 1e+300",
    ],
    ["one fold", { folds: 1 }, "folds must be at least 2, but is 1"],
  ])("%s", async (_, change, ...told) => {
    const message = await saidOf(JSON.stringify({ ...suite, ...change }));
    for (const words of told) expect(message).toContain(words);
  });
});

describe("the plugins of a suite, before any is loaded", () => {
  it.each<Case<unknown>>([
    [
      "a path out of its folder",
      ["./network.mjs", "./elsewhere/../../evil.mjs"],
      "plugins[1] of suite.json",
      "is outside the suite's folder",
      '("./network.ts")',
    ],
    ["an absolute path", ["/lab/network.mjs"], '"/lab/network.mjs" is an absolute path', "Copy it there"],
    ["an absolute path of Windows", ["C:\\lab\\network.mjs"], "is an absolute path", "Copy it there"],
    ["an address", ["https://example.org/network.mjs"], "is an address", "by its package"],
    ["code in an address", ["data:text/javascript,throw 1"], "is an address", "by its package"],
    ["a part of Node", ["node:child_process"], "is a part of Node", "by its package"],
    ["a part of Node by its short name", ["fs"], '"fs" is a part of Node', "by its package"],
    ["a file without ./", ["network.mjs"], '"network.mjs" is a file, not a package. Write "./network.mjs"'],
    ["backslashes", [".\\network.mjs"], 'has backslashes. Write "./network.mjs"'],
    ["a link out of its folder", ["./link.mjs"], "is a link to a file outside", "Copy it there"],
    ["a link without its extension", ["./link"], '"./link" was not found from', "the name needs its extension"],
    ["a link behind a question mark", ["./link.mjs?a"], "has a character with a special meaning in an import"],
    ["dots in disguise", ["./%2e%2e/evil.mjs"], "has a character with a special meaning in an import"],
    ["a folder", ["./"], "is not a file"],
    ["no list", "./network.mjs", 'must be a list of package names and ./files, such as ["./network.ts"]'],
    ["a package that is not installed", ["em-nothing"], '"em-nothing" was not found', "npm install em-nothing"],
  ])("%s", async (_, plugins, ...told) => {
    const message = await saidOf(JSON.stringify({ ...suite, plugins }));
    for (const words of told) expect(message).toContain(words);
  });
});

describe("what is no suite", () => {
  it.each<Case<string>>([
    [
      "the folder of a run",
      "@old-run",
      "old-run is the folder of a run, not a suite",
      "To continue it: npx em-stellar run mine.json --out ",
    ],
    ["the folder of a suite", "@of-suite", "of-suite is a folder", "run", "my-suite.json"],
    ["a folder of images", "@images", "images is a folder, and no suite is in it", "npx em-stellar init"],
    ["a name with a slip", "@sute.json", "There is no suite at", 'sute.json. Did you mean "suite.json"?'],
    ["a name without a neighbour", "@old-run/benchmark.json", "There is no suite at", "npx em-stellar init FOLDER"],
    ["YAML", "@suite.yaml", "suite.yaml is not a suite", "must end in .json, or in .js, .mjs, .ts, .mts"],
    ["an image", "@images/a1.png", "a1.png is not a suite", "must end in .json"],
  ])("%s", async (_, path, ...told) => {
    const message = await said("run", path);
    for (const words of told) expect(message).toContain(words);
  });
});

describe("words on the command line", () => {
  it.each<Case<readonly string[]>>([
    [
      "a misspelt option",
      ["run", "@suite.json", "--otuput", "x"],
      "unknown option --otuput. Options: ",
      "--out, --log",
    ],
    [
      "an option by its whole word",
      ["run", "@suite.json", "--output", "x"],
      "unknown option --output. Did you mean --out?",
    ],
    [
      "a misspelt option that is required",
      ["predict", "model", "images", "--otuput=x"],
      "unknown option --otuput. Did you mean --output?",
    ],
    ["a misspelt command", ["rnu"], "unknown command 'rnu'", "Did you mean run?"],
    ["no suite", ["run"], "missing required argument 'suite'"],
    [
      "a backend by what it computes on",
      ["run", "@images.json", "--backend", "gpu"],
      'No backend named "gpu". Did you mean',
      '"cuda" or "webgpu"?',
    ],
    [
      "an unknown kind",
      ["list", "optimiser"],
      'No kind "optimiser". Did you mean "optimizer"?',
      "Kinds: backend, baseline",
    ],
    ["no worker", ["run", "@suite.json", "--workers", "0"], "'0' is invalid", "a whole number of at least 1"],
    ["a misspelt network", ["complexity", "unett"], 'No network named "unett". Did you mean "unet"?'],
    [
      "one run compared with itself",
      ["compare", "@old-run", "@of-suite/../old-run"],
      "are the same folder",
      "on different images",
    ],
    [
      "a pixel size without a unit",
      ["predict", "@model", "@images", "--out", "@p", "--backend", "cpu", "--objects", "--pixel-size", "5"],
      '--pixel-size is "5"',
      "with its unit: 5nm or 0.005um",
    ],
    [
      "an area without anything that is measured",
      ["predict", "@model", "@images", "--out", "@p", "--min-area", "50"],
      "--min-area has no effect on this output",
      "Add --objects, --overlay or --output labels",
    ],
    [
      "a model of a run that has not finished",
      ["predict", "@old-run", "@images", "--out", "@p"],
      "old-run has not finished",
      "Finish it",
    ],
  ])("%s", async (_, args, ...told) => {
    const message = await said(...args);
    for (const words of told) expect(message).toContain(words);
  });
});

describe("images and masks", () => {
  it.each<Case<object>>([
    ["a folder that is not there", { images: "imgs" }, 'images: "imgs" finds nothing', 'A folder ("train/images")'],
    [
      "images of a format that loses pixels",
      { images: "photos" },
      'images: "photos" finds nothing',
      "only a1.jpg, a2.jpg. Export the images as PNG or TIFF",
    ],
    ["one image of such a format", { images: "photos/a1.jpg" }, "a1.jpg is not a PNG or TIFF file. Export the images"],
    ["a volume of a format for tomograms", { images: "volume.mrc" }, "volume.mrc is not a PNG or TIFF file. Export"],
    [
      "masks whose numbers have other zeros",
      { masks: "numbered" },
      "do not pair by name",
      'This pairs them: "pairBy": "0*(\\\\d+)$"',
    ],
    [
      "a pairBy that matches nothing",
      { masks: "numbered", pairBy: "^Z" },
      'pairBy "^Z" matches nothing in the name "a1"',
      'This pairs them: "pairBy": "0*(\\\\d+)$"',
    ],
    ["a stack in a folder of images", { images: "stack.tif" }, "stack.tif holds 2 pages", '"image-stack"'],
    [
      "a stack that may be an image in colours",
      { images: "three.tif" },
      "three.tif has 3 planes marked as red, green and blue",
      "Say what they are: `planes: slices` or `planes: colours`",
    ],
    ["more folds than images", { folds: 5 }, "5 folds cannot be made of 2 training images", "Ask for 2 folds"],
    ["no test images", { testImages: null, testMasks: null }, "no test images", "Hold some out"],
  ])("%s", async (_, change, ...told) => {
    const { folds, ...options } = { folds: 2, ...change };
    const data = { id: "image-folder", options: { ...suite.data.options, ...options } };
    const message = await saidOf(JSON.stringify({ ...suite, folds, data }));
    for (const words of told) expect(message).toContain(words);
  });
});

describe("results that cannot be written", () => {
  // Linux answers that the parent of a new folder in /proc is missing: Node's own `recursive` tries for ever.
  it.runIf(process.platform === "linux").each<Case<readonly string[]>>([
    ["a run", ["run", "@images.json", "--out", "/proc/em/run"], "/proc/em/run cannot be written", "Choose another"],
    ["a log", ["run", "@images.json", "--out", "@out", "--log", "/proc/em/log"], "/proc/em/log cannot be written"],
    ["a data set", ["data", "cardiac", "/proc/em/cardiac"], "/proc/em/cardiac", "Choose another folder"],
  ])("%s", async (_, args, ...told) => {
    const message = await said(...args);
    for (const words of told) expect(message).toContain(words);
  });
});

it("a plural names its kind", async () => {
  let printed = "";
  const output = { write: (part: string) => (printed += part) };
  expect(await main(["list", "losses"], { stdout: output, stderr: output, env: {} })).toBe(0);
  expect(printed).toMatch(/^loss\n {2}binary-cross-entropy /);
});
