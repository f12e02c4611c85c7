import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { root } from "../workspace.js";

const wasmFolder = join(root, "node_modules/@tensorflow/tfjs-backend-wasm/dist");

/** A server on this machine. */
export interface Served {
  /** `http://127.0.0.1:40123/`: an empty page, or the one that was given. */
  readonly address: string;
  close(): void;
}

/**
 * Bundles programs for a page, each under its name, and serves them beside the .wasm files of tfjs, with the headers that let
 * a page share memory between threads.
 */
export async function servePrograms(
  entryPoints: Readonly<Record<string, string>>,
  html = "<!doctype html>",
): Promise<Served> {
  const { outputFiles } = await build({
    entryPoints: { ...entryPoints },
    bundle: true,
    splitting: true,
    write: false,
    outdir: "served",
    format: "esm",
    conditions: ["em-stellar-source"],
    external: ["node:*", "fs", "path", "os", "util", "worker_threads", "perf_hooks", "string_decoder"],
    logLevel: "silent",
  });
  const scripts = new Map(outputFiles.map(({ path, contents }) => [`/${basename(path)}`, contents]));
  const server = createServer(({ url = "/" }, response) => {
    const script = scripts.get(url);
    const isWasm = url.endsWith(".wasm") && existsSync(join(wasmFolder, basename(url)));
    response.writeHead(script || isWasm || url === "/" ? 200 : 404, {
      "content-type": script ? "text/javascript" : isWasm ? "application/wasm" : "text/html",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(script ?? (isWasm ? readFileSync(join(wasmFolder, basename(url))) : url === "/" ? html : ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server's address is no string
  return { address: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}
