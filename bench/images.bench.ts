/**
 * How long images take to be read and written, in seconds of one processor, beside tifffile and Pillow on the same files: the
 * least of three repeats each, ours and theirs in turns, three rounds. `npm run bench images -- --python PYTHON`, where PYTHON
 * has the packages that bench/images/peer.py names; the numbers also go to bench/results/images.json.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createPngEncoder } from "@em-stellar/data";
import { createImageReader, findPages, readPage } from "@em-stellar/data/node";

const { values: options } = parseArgs({ options: { python: { type: "string", default: "python3" } } });
const peer = join(import.meta.dirname, "images", "peer.py");
const folder = mkdtempSync(join(tmpdir(), "em-stellar-bench-"));

async function seconds(work: () => Promise<void> | void): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < 3; repeat++) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1e6);
  }
  return least;
}

async function readAll(file: string): Promise<void> {
  const reader = createImageReader();
  for (const page of await reader.findPages(join(folder, file), file)) await reader.readPage(page);
}

async function ours(): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const file of ["stack-plain.tif", "stack-lzw.tif", "stack-deflate.tif"]) {
    found[`read ${file}`] = await seconds(() => readAll(file));
  }
  for (const bits of [8, 16] as const) {
    const file = `large-${bits}.png`;
    found[`read ${file}`] = await seconds(() => readAll(file));
    const [place] = await findPages(join(folder, file), file);
    if (!place) throw new Error(`${file} has no page.`);
    const { width, height, data } = await readPage(place);
    found[`write ${file}`] = await seconds(() => {
      const encoder = createPngEncoder({ width, height, bits: bits as 8 }); // the array is of so many bits
      const parts: Uint8Array[] = [];
      for (let y = 0; y < height; y += 64) {
        parts.push(...encoder.add(data.subarray(y * width, (y + 64) * width) as Uint8Array));
      }
      writeFileSync(join(folder, "written.png"), Buffer.concat([...parts, ...encoder.end()]));
    });
  }
  return found;
}

try {
  execFileSync(options.python, [peer, "write", folder], { stdio: "inherit" });
  const rounds: { ours: Record<string, number>; theirs: Record<string, number> }[] = [];
  for (let round = 0; round < 3; round++) {
    const theirs = JSON.parse(execFileSync(options.python, [peer, "time", folder], { encoding: "utf8" }));
    rounds.push({ ours: await ours(), theirs });
  }
  const rows = Object.keys(rounds[0]?.ours ?? {}).map((what) => {
    const ratios = rounds.map((round) => (round.ours[what] as number) / (round.theirs[what] as number));
    const least = (whose: "ours" | "theirs") => Math.min(...rounds.map((round) => round[whose][what] as number));
    return { what, ours: least("ours"), theirs: least("theirs"), ratios: ratios.sort((a, b) => a - b) };
  });
  for (const { what, ours, theirs, ratios } of rows) {
    const spread = ratios.map((ratio) => ratio.toFixed(2)).join(" · ");
    console.log(`${what.padEnd(24)} ${ours.toFixed(3)} s, theirs ${theirs.toFixed(3)} s, ratios ${spread}`);
  }
  writeFileSync(join(import.meta.dirname, "results", "images.json"), `${JSON.stringify(rows, null, 2)}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
