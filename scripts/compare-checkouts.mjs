// Whether two built checkouts compute the same, to the bit:
//   node scripts/compare-checkouts.mjs BEFORE AFTER [FOLDER]
// Both run the demo, and where EM_STELLAR_DATA is set, the first training of examples/cardiac (fold 0, seed 1) and the
// evaluation of the predictions that the paper's authors released. Compared are weights, results and the numbers that the
// reports show. Names that only one side has are listed, for a reader to judge; a value that differs is a failure.
// FOLDER keeps what was computed: a second call computes only what is missing there.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const [before, after, kept] = process.argv.slice(2);
if (!before || !after) throw new Error("Usage: node scripts/compare-checkouts.mjs BEFORE AFTER [FOLDER]");
const work = kept ? resolve(kept) : await mkdtemp(join(tmpdir(), "em-stellar-compare-"));
const data = process.env.EM_STELLAR_DATA && resolve(process.env.EM_STELLAR_DATA);

/** What differs between two runs of the same code: times, places, versions, and what they imply. */
const varying =
  /^(seconds|processorSeconds|finished|environment|versions?|package|packages|stepsPerSecond|memory|peakBytes|location|folder|file|sha256|checksum|started|host|saved|planned|plugins)$/;

let failures = 0;
await compute("before", before);
await compute("after", after);
await compareFolder("demo");
if (data) {
  await compareFolder("cardiac");
  await compareFolder("released");
} else console.log("skipped: cardiac and the released predictions (EM_STELLAR_DATA is not set)");
if (!kept) await rm(work, { recursive: true });
console.log(failures === 0 ? "equal to the bit" : `${failures} values differ`);
process.exitCode = failures === 0 ? 0 : 1;

async function compute(side, checkout) {
  const folder = join(work, side);
  await mkdir(folder, { recursive: true });
  const command = [join(resolve(checkout), "packages/em-stellar/dist/bin.js")];
  await once(join(folder, "demo/results.json"), () => run([...command, "demo", "--out", join(folder, "demo")]));
  if (!data) return;
  const suite = join(folder, "cardiac.json");
  await writeFile(suite, JSON.stringify(cardiacSuite(), null, 2));
  const training = join(folder, "cardiac/jobs/unet-bn/fold-0/seed-1/metrics.json");
  // Fold 0 comes first; what follows it is not compared.
  await once(training, () => run([...command, "run", suite, "-w", "1", "--out", join(folder, "cardiac")], training));
  await once(join(folder, "released/results.json"), () =>
    run([
      ...command,
      ...["evaluate", "--truth", `${data}/cardiac/test/masks`, "--predictions", `${data}/cardiac/released-predictions`],
      ...["--out", join(folder, "released")],
    ]),
  );
}

/** The suite of examples/cardiac/quick.ts as data, for one seed. */
function cardiacSuite() {
  const options = { baseFilters: 8, depth: 3, head: "stable", dropout: null, batchNormMomentum: 0.9 };
  return {
    name: "cardiac-quick",
    data: {
      id: "image-folder",
      options: {
        images: `${data}/cardiac/train/images`,
        masks: `${data}/cardiac/train/masks`,
        testImages: `${data}/cardiac/test/images`,
        testMasks: `${data}/cardiac/test/masks`,
        groupBy: "^[A-D]",
      },
    },
    networks: [{ id: "unet-bn", options }],
    loss: "binary-cross-entropy",
    optimizer: { id: "radam", options: { learningRate: 5e-3, warmupProportion: 0.1, minLearningRate: 0 } },
    metrics: ["jaccard", "f1"],
    rankBy: "jaccard",
    folds: 4,
    seeds: [1],
    training: { patch: 96, batchSize: 4, steps: 460, validateEvery: 46, checkpoints: ["jaccard"] },
    augmentation: null,
    baselines: ["constant", "otsu", "smoothed-threshold"],
  };
}

async function once(result, make) {
  if (!existsSync(result)) await make();
  if (!existsSync(result)) throw new Error(`${result} was not made.`);
}

/** Runs a command to its end, or until a file is there. */
async function run(args, until) {
  console.log(`${basename(args[0])} ${args.slice(1).join(" ")}`);
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (until && child.exitCode === null && !existsSync(until)) await pause(500);
  if (until) child.kill("SIGTERM");
  await ended;
}

async function compareFolder(name) {
  const [a, b] = ["before", "after"].map((side) => join(work, side, name));
  const only = name === "cardiac" ? /^jobs\/unet-bn\/fold-0\/seed-1\// : /./;
  const [first, second] = [await filesOf(a), await filesOf(b)].map((files) => files.filter((path) => only.test(path)));
  let compared = 0;
  for (const path of new Set([...first, ...second])) {
    if (!first.includes(path) || !second.includes(path)) {
      console.log(`${name}: only ${first.includes(path) ? "before" : "after"}: ${path}`);
      continue;
    }
    compared++;
    const [left, right] = [await readFile(join(a, path)), await readFile(join(b, path))];
    if (path.endsWith(".json")) compareValues(JSON.parse(left), JSON.parse(right), `${name}/${path}`);
    else if (path.endsWith(".html")) compareValues(shown(left), shown(right), `${name}/${path}`);
    else if (!/\.(log|jsonl|csv)$/.test(path) && digest(left) !== digest(right))
      differ(`${name}/${path}`, "bytes", "bytes");
  }
  console.log(`${name}: ${compared} files compared`);
}

async function filesOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

/** The numbers in the tables of a page, sorted: columns may move. Whole numbers, such as times, are left out. */
function shown(page) {
  const tables = page.toString().match(/<table[\s\S]*?<\/table>/g) ?? [];
  return tables
    .flatMap((table) => table.match(/<td[^>]*>[\s\S]*?<\/td>/g) ?? [])
    .map((cell) => cell.replace(/<[^>]*>/g, " ").trim())
    .filter((text) => /^[-−]?[.\d]+$/.test(text) && text.includes("."))
    .sort();
}

function compareValues(a, b, path) {
  const objects = [a, b].every((value) => typeof value === "object" && value !== null);
  if (!objects) {
    if (!Object.is(a, b)) differ(path, JSON.stringify(a), JSON.stringify(b));
    return;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (varying.test(key)) continue;
    if (!(key in a) || !(key in b))
      note(`only ${key in a ? "before" : "after"}: ${path.replace(/\/\d+(?=\/|$)/g, "/*")}/${key}`);
    else compareValues(a[key], b[key], `${path}/${key}`);
  }
}

function differ(path, left, right) {
  failures++;
  if (failures <= 40) console.log(`DIFFERS ${path}: ${String(left).slice(0, 80)} → ${String(right).slice(0, 80)}`);
}

/** Says the same thing once. */
function note(text) {
  note.said ??= new Set();
  if (!note.said.has(text)) console.log(text);
  note.said.add(text);
}

function digest(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}
