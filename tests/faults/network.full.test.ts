import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command } from "../start-command.js";
import { root } from "../workspace.js";
import { benchmarkFolder, commands } from "./benchmark-folder.js";

const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

/** Addresses that a program and all that it started used, of this machine or others; sockets that are files have none. */
function addressesOf(folder: string, args: readonly string[]): string[] {
  const trace = join(folder, "trace");
  rmSync(trace, { force: true });
  const { status, stderr } = spawnSync(
    "strace",
    ["-f", "-e", "trace=network", "-o", trace, process.execPath, ...args],
    { cwd: folder, encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}: ${stderr}`);
  const found = readFileSync(trace, "utf8").matchAll(/inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"/g);
  return [...new Set([...found].map(([, v4, v6]) => (v4 ?? v6) as string))]; // one of the two matched
}

describe.skipIf(!canTrace)("nothing leaves this machine (needs strace: scripts/install-strace.sh)", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await benchmarkFolder();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("a program that sends a packet is seen", () => {
    const asking = 'const s = require("dgram").createSocket("udp4"); s.send("x", 9, "127.0.0.2", () => s.close());';
    expect(addressesOf(folder, ["-e", asking])).toContain("127.0.0.2");
  });

  it.each([
    ["a run", commands.run("out")],
    ["a report", ["report", "whole"]],
    ["a prediction", commands.predict("maps")],
    ["an evaluation", commands.evaluate("scores")],
  ])("%s", (_, args) => {
    expect(addressesOf(folder, [command, ...args])).toEqual([]);
  });

  it("the build of a page, which is served to this machine alone", () => {
    const program = join(root, "tests/faults/build-page.ts");
    const jiti = join(root, "node_modules/jiti/lib/jiti-register.mjs");
    expect(existsSync(jiti)).toBe(true);
    const addresses = addressesOf(folder, ["--import", jiti, program]);
    expect(addresses.filter((address) => address !== "127.0.0.1" && address !== "::1")).toEqual([]);
    expect(addresses).toContain("127.0.0.1");
  });
});
