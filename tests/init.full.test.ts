import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resultsSchema } from "@em-stellar/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { main } from "../packages/em-stellar/src/cli.js";
import { layouts } from "./draw-layouts.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "em-stellar-init-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function command(...args: string[]) {
  let said = "";
  const output = { write: (text: string) => (said += text) };
  return { status: await main(args, { stdout: output, stderr: output, env: {} }), said };
}

it.each(layouts.map((layout, i) => ({ ...layout, i })))("init, then run, nothing edited: $name", async (layout) => {
  const { draw, understood, i } = layout;
  const place = join(folder, String(i));
  draw(place);
  const begun = await command("init", place, "--backend", "wasm", "--minutes", "0.01");
  if ("asks" in understood) {
    expect(begun).toMatchObject({ status: 1, said: expect.stringMatching(understood.asks) });
    return;
  }
  expect(begun.status, begun.said).toBe(0);
  const out = join(place, "run");
  const ran = await command("run", join(place, "suite.json"), "--out", out, "--backend", "wasm", "--workers", "1");
  expect(ran.status, ran.said).toBe(0);
  const results = resultsSchema.parse(JSON.parse(readFileSync(join(out, "results.json"), "utf8")));
  const networks = results.methods.filter(({ kind }) => kind === "network");
  expect(networks.map(({ name }) => name).sort()).toEqual(["prelu-net", "unet-bn"]); // in results, the best is first
  expect(networks.every(({ runs }) => runs.every(({ state }) => state === "done"))).toBe(true);
});
