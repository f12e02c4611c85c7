import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { studioFolder } from "@em-stellar/studio";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { startCommand } from "./start-command.js";
import { chooseDevice, openProfile } from "./studio/studio-browser.js";

it("em-stellar studio serves this machine with the headers of threads, names a taken port, and ends with Ctrl-C", async () => {
  const { child, ended } = startCommand(tmpdir(), ["studio", "--no-open", "--port", "0"]);
  const address = await new Promise<string>((resolve, reject) => {
    child.stdout?.on("data", (text) => {
      const found = /The studio is at (http:\/\/127\.0\.0\.1:\d+\/)/.exec(String(text))?.[1];
      if (found) resolve(found);
    });
    ended.then(({ said }) => reject(new Error(said)), reject);
  });
  const { status, headers } = await fetch(address);
  expect(status).toBe(200);
  expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
  expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  expect(headers.get("content-security-policy")).toMatch(/^default-src 'self';/);

  const { port } = new URL(address);
  const second = await startCommand(tmpdir(), ["studio", "--no-open", "--port", port]).ended;
  expect(second.code).toBe(1);
  expect(second.said).toContain(`${port} is taken`);
  expect(second.said).toContain(`${address}, or name another port`);

  child.kill("SIGINT");
  const { code, said } = await ended;
  expect(code).toBe(0);
  expect(said).toContain("The server has stopped.");
});

describe.skipIf(!hasChromium)("on a host that sends no headers (needs Chromium: scripts/install-chromium.sh)", () => {
  const types: Readonly<Record<string, string>> = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".css": "text/css",
    ".wasm": "application/wasm",
  };
  /** Where such a host has the page: in a folder of its own, as GitHub Pages does. */
  const path = "/lab/studio/";
  let host: Server;
  let browser: Browser;
  let opened = 0;
  beforeAll(async () => {
    host = createServer(({ url = "/" }, response) => {
      const [asked = ""] = url.split("?");
      if (asked === path) opened += 1;
      const file = join(studioFolder, asked === path ? "index.html" : asked.slice(path.length));
      const isThere = asked.startsWith(path) && existsSync(file);
      response.writeHead(isThere ? 200 : 404, { "content-type": types[extname(file)] ?? "text/plain" });
      response.end(isThere ? readFileSync(file) : "");
    });
    await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    host?.closeAllConnections();
    host?.close();
  });

  it("the page loads itself again once, has threads, and takes a public set from its folder (needs EM_STELLAR_DATA)", async () => {
    const { port } = host.address() as AddressInfo; // a TCP server's address is no string
    const { context, page, problems } = await openProfile(browser, `http://127.0.0.1:${port}${path}`);
    await page.getByRole("button", { name: "Try the example" }).waitFor();
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect(opened).toBe(2);
    await chooseDevice(page, "wasm");
    const badge = page.locator(".badge").first();
    await badge.locator("summary").click();
    await badge.getByRole("button", { name: "Try it" }).click();
    await badge.locator("summary", { hasText: /Processor, \d threads/ }).waitFor();
    await page.reload();
    await page.getByRole("button", { name: "Try the example" }).waitFor();
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect(opened).toBe(3); // not another time

    const data = process.env.EM_STELLAR_DATA;
    if (data !== undefined) {
      await page.goto(`${page.url().split("#")[0]}#/data`);
      const folder = page.locator('input[aria-label="Folder of cardiac"]');
      await folder.waitFor({ state: "attached" });
      await folder.setInputFiles(join(data, "cardiac"));
      await page.getByText("Groups: A, B, C, D to train on, A, B, C, D for the test.").waitFor();
      await page.getByText("20 images to train on, 4 images for the test.").waitFor();
    }
    expect(problems).toEqual([]);
    await context.close();
  });
});
