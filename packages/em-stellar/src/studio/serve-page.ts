import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { join, relative, sep } from "node:path";
import { InputError } from "@em-stellar/core";

/** What a page is served from, and how. */
export interface PageOptions {
  /** The folder of a built page, with an `index.html`. */
  readonly folder: string;
  /** Of this machine; 0 for any that is free. A browser keeps what a page stores by its address, the port included. */
  readonly port: number;
  /** Sent with every file. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ServedPage {
  /** `http://127.0.0.1:7317/` */
  readonly address: string;
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json",
  woff2: "font/woff2",
};

/**
 * Serves the files of a folder to this machine alone, under the address 127.0.0.1. The files are listed once, so that no path
 * leads out of the folder. A request that names another host is refused: a site whose name was made to lead here cannot read
 * the page. Throws `InputError` for a folder without a page and for a port that is taken.
 */
export async function servePage({ folder, port, headers }: PageOptions): Promise<ServedPage> {
  const files = await listFiles(folder);
  if (!files.has("/index.html")) {
    throw new InputError(`${folder} holds no index.html. Build the studio first: npm run build.`);
  }
  let host = "";
  const server = createServer((request, response) => answer(request, response, { files, headers, host }));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(explained(error, port)));
    server.listen(port, "127.0.0.1", resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("unreachable: a TCP server has a port");
  host = `127.0.0.1:${bound.port}`;
  return {
    address: `http://${host}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Served {
  /** Paths of files by the paths of addresses: `/assets/page.js`. */
  readonly files: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  /** `127.0.0.1:7317` */
  readonly host: string;
}

function answer(request: IncomingMessage, response: ServerResponse, { files, headers, host }: Served): void {
  const [path = "/"] = (request.url ?? "/").split(/[?#]/);
  const file = files.get(path === "/" ? "/index.html" : path);
  const refused = refusalOf(request, host);
  if (refused !== undefined || file === undefined) {
    const { status, text, more } = refused ?? { status: 404, text: "There is no such file here.", more: {} };
    response.writeHead(status, { "content-type": types.txt, ...headers, ...more });
    response.end(`${text}\n`);
    return;
  }
  const type = types[/\.(\w+)$/.exec(file)?.[1] ?? ""] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache", ...headers });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  createReadStream(file)
    .on("error", () => response.destroy()) // the folder was removed or built anew: the browser reports a broken file
    .pipe(response);
}

interface Refusal {
  readonly status: number;
  readonly text: string;
  readonly more: Readonly<Record<string, string>>;
}

function refusalOf({ headers, method }: IncomingMessage, host: string): Refusal | undefined {
  const location = `http://${host}/`;
  // One address, because the browser keeps projects by it.
  if (headers.host === host.replace("127.0.0.1", "localhost")) {
    return { status: 308, text: `The studio is at ${location}.`, more: { location } };
  }
  if (headers.host !== host) return { status: 421, text: `The studio only answers requests to ${location}.`, more: {} };
  if (method === "GET" || method === "HEAD") return undefined;
  return { status: 405, text: "The studio only sends files and accepts none.", more: { allow: "GET, HEAD" } };
}

async function listFiles(folder: string): Promise<Map<string, string>> {
  const entries = await stat(folder).then(
    () => readdir(folder, { recursive: true, withFileTypes: true }),
    () => [],
  );
  return new Map(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [`/${relative(folder, file).split(sep).map(encodeURIComponent).join("/")}`, file]),
  );
}

function explained(error: Error, port: number): Error {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new InputError(
      `\`port\` ${port} is taken, perhaps by a studio that is already running: open http://127.0.0.1:${port}/, or name another port. The browser keeps projects by address: another port shows other projects.`,
    );
  }
  if (code === "EACCES") return new InputError(`\`port\` ${port} cannot be used by this user. Choose 1024 or higher.`);
  return error;
}
