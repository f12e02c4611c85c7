import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { train } from "./browser/train.js";
import { root } from "./workspace.js";

// scripts/install-chromium.sh puts it there; CHROMIUM names another one.
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const wasmFolder = join(root, "node_modules/@tensorflow/tfjs-backend-wasm/dist");

describe.skipIf(!existsSync(executablePath))("in a page (needs Chromium: scripts/install-chromium.sh)", () => {
  let server: Server;
  let browser: Browser;
  let address: string;
  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [join(root, "tests/browser/page.ts")],
      bundle: true,
      write: false,
      format: "esm",
      conditions: ["em-stellar-source"],
      external: ["node:*", "fs", "path", "os", "util", "worker_threads", "perf_hooks", "string_decoder"],
    });
    const script = outputFiles[0]?.text ?? "";
    server = createServer(({ url = "/" }, response) => {
      const [type, content] = url.endsWith(".wasm")
        ? ["application/wasm", readFileSync(join(wasmFolder, url.slice(1)))]
        : url === "/page.js"
          ? ["text/javascript", script]
          : ["text/html", '<!doctype html><script type="module" src="page.js"></script>'];
      response.writeHead(200, { "content-type": type }).end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`; // a TCP server's address is no string
    const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
    // Where there is no GPU, a page gets WebGPU, which SwiftShader then computes, only with the last of these.
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--no-first-run", ...quiet, "--enable-unsafe-webgpu"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Calls `train` in a page of its own. */
  async function trainInPage(backend: string, options: object): Promise<Awaited<ReturnType<typeof train>>> {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.goto(address);
    await page.waitForFunction("typeof train === 'function'");
    const trained = await page.evaluate<Awaited<ReturnType<typeof train>>>(
      `train(${JSON.stringify(backend)}, ${JSON.stringify(options)})`,
    );
    expect(errors).toEqual([]);
    await page.close();
    return trained;
  }

  it("wasm trains a U-net, to the very losses that it has in Node", async () => {
    const inPage = await trainInPage("wasm", { wasmPaths: "/" });
    const inNode = await train("wasm", {});
    expect(inPage.description).toBe(inNode.description);
    expect(inNode.losses.at(-1)).toBeLessThan(inNode.losses[0] as number);
    for (const [step, loss] of inNode.losses.entries()) expect(inPage.losses[step]).toBeCloseTo(loss, 5);
  });

  it("webgpu trains it to the losses of wasm, on software where it is asked for", async () => {
    const inPage = await trainInPage("webgpu", { allowSoftware: true });
    const inNode = await train("wasm", {});
    expect(inPage.description).toMatch(/^webgpu \(/);
    for (const [step, loss] of inNode.losses.entries()) expect(inPage.losses[step]).toBeCloseTo(loss, 3);
  });

  it("auto takes WebGPU on a GPU, and wasm where only software plays one", async () => {
    const { description } = await trainInPage("auto", { wasm: { wasmPaths: "/" } });
    expect(description).toMatch(/^(wasm \(|webgpu \((?!.*software))/);
  });
});
