/**
 * Lets every network learn one patch of the cardiac images by heart, and leaves what it took in docs/overfit.json and
 * docs/overfit.md. Networks that were measured with the same options are left as they are; `--again` measures them anew.
 * Each has a process of its own. `npm run overfit [-- --again] [ID...]`, with the folder of the data in EM_STELLAR_DATA.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { wasm } from "@em-stellar/backend-wasm";
import { cases } from "./overfit/cases.js";
import { components } from "./overfit/components.js";
import { firstPatch } from "./overfit/patch.js";
import { type NetworkRow, type OverfitResult, type Run, wanted } from "./overfit/result.js";
import { table } from "./overfit/table.js";
import { overfit } from "./overfit/train.js";

const [json, markdown] = ["json", "md"].map((end) =>
  fileURLToPath(new URL(`../docs/overfit.${end}`, import.meta.url)),
) as [string, string];

function committed(): OverfitResult | undefined {
  return existsSync(json) ? JSON.parse(readFileSync(json, "utf8")) : undefined;
}

function isMeasured(id: string): boolean {
  const row = committed()?.networks.find((each) => each.id === id);
  const { network, optimizer } = components(id);
  const now = [network.options, optimizer.options];
  return row !== undefined && JSON.stringify([row.options, row.optimizer.options]) === JSON.stringify(now);
}

/** Measures one network, from all seeds, and puts its row in its place. */
async function measure(id: string, data: string): Promise<void> {
  const patch = await firstPatch(data);
  const { network, optimizer } = components(id);
  const device = await wasm().start();
  const runs: Run[] = [];
  for (const seed of wanted.seeds) {
    const run = await overfit(device, network, optimizer, patch, seed);
    console.log(
      `${id}, seed ${seed}: Jaccard ${run.jaccard} after ${run.steps ?? wanted.steps} steps, ${run.seconds} s`,
    );
    runs.push(run);
  }
  const row: NetworkRow = {
    id,
    options: { ...network.options },
    optimizer: { id: optimizer.id, options: { ...optimizer.options } },
    runs,
    date: new Date().toISOString().slice(0, 10),
    device: device.description,
    versions: { node: process.version, ...device.details },
  };
  await device.dispose();
  const others = committed()?.networks.filter((each) => each.id !== id) ?? [];
  const networks = Object.keys(cases).flatMap((each) => [row, ...others].find((known) => known.id === each) ?? []);
  const result: OverfitResult = { patch: patch.place, networks };
  replace(json, `${JSON.stringify(result, null, 2)}\n`);
  replace(markdown, table(result));
}

/** A reader meets the old file or the new one. */
function replace(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

const data = process.env.EM_STELLAR_DATA;
if (data === undefined) throw new Error("EM_STELLAR_DATA must name the folder that holds the data set cardiac.");
const given = process.argv.slice(2);
if (given[0] === "--one") await measure(given[1] as string, data);
else {
  const ids = given.filter((id) => id !== "--again");
  const unknown = ids.filter((id) => !(id in cases));
  if (unknown.length > 0)
    throw new Error(`No network ${unknown.join(", ")}. There are: ${Object.keys(cases).join(", ")}.`);
  for (const id of ids.length > 0 ? ids : Object.keys(cases)) {
    if (!given.includes("--again") && isMeasured(id)) continue;
    const alone = [...process.execArgv, fileURLToPath(import.meta.url), "--one", id];
    const { status } = spawnSync(process.execPath, alone, { stdio: "inherit" });
    if (status !== 0) process.exitCode = 1;
  }
}
