import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

export interface ServeOptions {
  /** Of this machine; 0 for any that is free. */
  readonly port: number;
  /** Conditions under which packages name other files than the published ones. */
  readonly conditions?: readonly string[];
}

/** Bundles the page and its worker and serves them to this machine alone. */
export async function serve({ port, conditions = [] }: ServeOptions): Promise<{ address: string; close(): void }> {
  const files = await bundle(conditions);
  const server = createServer(({ url = "/" }, response) => {
    const path = new URL(url, "http://localhost").pathname;
    const file = path === "/" ? "index.html" : path.slice(1);
    const content = files.get(file);
    response.writeHead(content ? 200 : 404, {
      "content-type": types[extname(file)] ?? "text/plain",
      // With these two a page may share memory between threads, which wasm needs for more than one.
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    response.end(content ?? `There is no ${file} here.`);
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));
  const { port: taken } = server.address() as AddressInfo; // a TCP server's address is no string
  return {
    address: `http://localhost:${taken}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** All that the page needs, by name: the documents, the bundles, and tfjs's WebAssembly. */
async function bundle(conditions: readonly string[]): Promise<Map<string, Uint8Array>> {
  const here = import.meta.dirname;
  const wasm = dirname(fileURLToPath(import.meta.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm")));
  const kinds = ["", "-simd", "-threaded-simd"].map((kind) => join(wasm, `tfjs-backend-wasm${kind}.wasm`));
  const documents = ["index.html", "style.css"].map((name) => join(here, name));
  // One after the other: together they would share a file with far more in it than the page needs.
  const scripts = [...(await compile("page.ts", conditions)), ...(await compile("worker.ts", conditions))];
  return new Map([
    ...[...documents, ...kinds].map((file): [string, Uint8Array] => [basename(file), readFileSync(file)]),
    ...scripts.map(({ path, contents }): [string, Uint8Array] => [basename(path), contents]),
  ]);
}

async function compile(name: string, conditions: readonly string[]) {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "src", name)],
    bundle: true,
    splitting: true, // WebGPU is loaded where it is used
    format: "esm",
    target: "es2023",
    outdir: import.meta.dirname,
    write: false,
    conditions: [...conditions],
    // What packages import where they find themselves in Node.
    external: ["node:*", "fs", "path", "os", "util", "worker_threads", "perf_hooks", "string_decoder"],
    logLevel: "error",
  });
  return outputFiles;
}
