import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it, vi } from "vitest";
import { wasm } from "../src/index.js";

const name = "tfjs-backend-wasm-simd.wasm";

it("starts with the .wasm files of a folder of one's own", async () => {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-wasm-"));
  const installed = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"));
  copyFileSync(join(installed, name), join(folder, name));
  const device = await wasm({ wasmPaths: folder }).start();
  expect(tf.tidy(() => tf.add(1, 2).dataSync()[0] as number)).toBe(3);
  await device.dispose();
  rmSync(folder, { recursive: true });
});

it("says where it looked for them, and what to do", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  await expect(wasm({ wasmPaths: "/no/such/folder" }).start()).rejects.toThrow(
    'backend "wasm" did not start: its .wasm files were looked for "/no/such/folder". Copy them from the folder "dist"',
  );
  warn.mockRestore();
});
