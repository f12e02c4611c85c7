/**
 * What the studio's page takes from its computer: how fast a large stack is shown and how long the longest frame is while one
 * turns its pages; while it trains on the processor, how long an input waits, and the memory of its tab, minute by minute. Needs Chromium (scripts/install-chromium.sh), and Linux, which tells the memory of a process.
 * `npm run studio:load [-- --minutes 30]`
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { pageHeaders, studioFolder } from "@em-stellar/studio";
import { servePage } from "../packages/em-stellar/src/studio/serve-page.js";
import { launchChromium } from "../tests/browser/chromium.js";
import { inputDelays } from "../tests/browser/input-delays.js";
import { largeStack, openLargeStack } from "../tests/studio/large-stack.js";
import { chooseDevice, openProfile } from "../tests/studio/studio-browser.js";
import { type Sample, sampleMemory } from "./studio-load/sample-memory.js";
import { trainTheExample } from "./studio-load/train-the-example.js";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "3" } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes needs a number above 0, but was given ${values.minutes}.`);

/**
 * Until then the page opens all that it uses (WebAssembly's memory, caches of images), and JavaScript's heaps grow to the size
 * that they keep.
 */
const warmUp = Math.min(8, minutes / 3);
/** Samples at either end whose mean is compared: the collector of garbage works in waves. */
const compared = 5;

const server = await servePage({ folder: studioFolder, port: 0, headers: pageHeaders });
const browser = await launchChromium();
const folder = mkdtempSync(join(tmpdir(), "em-stellar-studio-"));
try {
  const { page: viewing, context } = await openProfile(browser, server.address);
  const seconds = await openLargeStack(viewing, folder);
  await viewing.getByLabel("Page", { exact: true }).focus();
  for (let turn = 1; turn < largeStack.pages; turn++) await viewing.keyboard.press("ArrowRight");
  await viewing.getByText(`${largeStack.pages} / ${largeStack.pages}`).waitFor();
  const longest = await viewing.evaluate<number>("longest");
  console.log(
    `${largeStack.side} × ${largeStack.side} × ${largeStack.pages}: shown after ${seconds.toFixed(2)} s, longest frame ${longest.toFixed(0)} ms.`,
  );
  await context.close();

  const { page, problems } = await openProfile(browser, server.address);
  await chooseDevice(page, "wasm");
  await trainTheExample(page);
  const start = performance.now();
  const passed = () => (performance.now() - start) / 60_000;
  const delays = await inputDelays(page);
  console.log(
    `Input delay while training: median ${delays.median.toFixed(1)} ms, 99 % ${delays.high.toFixed(1)} ms, maximum ${delays.most.toFixed(1)} ms.`,
  );
  const samples: Sample[] = [];
  console.log("minute | tab, MB | JavaScript and wasm, MB | step");
  while (passed() < warmUp + minutes) {
    await page.waitForTimeout(30_000);
    const sample = await sampleMemory(browser, page, passed());
    samples.push(sample);
    const { minute, resident, measured, step } = sample;
    console.log([minute.toFixed(1), (resident / 1e6).toFixed(1), (measured / 1e6).toFixed(1), step].join(" | "));
  }
  const warm = samples.filter(({ minute }) => minute >= warmUp);
  const mean = (some: readonly Sample[], of: "resident" | "measured") =>
    some.reduce((sum, sample) => sum + sample[of], 0) / some.length;
  const growth = (of: "resident" | "measured") => {
    const share = mean(warm.slice(-compared), of) / mean(warm.slice(0, compared), of) - 1;
    return `${(100 * share).toFixed(1)} %`;
  };
  console.log(
    `From minute ${warmUp.toFixed(1)} to ${passed().toFixed(1)} the tab grew by ${growth("resident")}, what its scripts hold by ${growth("measured")}.`,
  );
  if (problems.length > 0) throw new Error(problems.join("\n"));
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
}
