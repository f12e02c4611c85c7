import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Debian's Chromium, which scripts/install-chromium.sh installs; CHROMIUM names another one. */
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

export const hasChromium = existsSync(executablePath);

/** Starts it without a window and without talking to anybody. */
export function launchChromium(): Promise<Browser> {
  const quiet = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  // Where there is no GPU, a page gets WebGPU, which SwiftShader then computes, only with the last of these.
  const args = ["--no-sandbox", "--no-first-run", ...quiet, "--enable-unsafe-webgpu"];
  return chromium.launch({ executablePath, args });
}
