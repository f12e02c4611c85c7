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
  const refuse = (status: number, text: string, more: Readonly<Record<string, string>> = {}) => {
    response.writeHead(status, { "content-type": types.txt, ...headers, ...more });
    response.end(`${text}\n`);
  };
  const asked = request.headers.host ?? "";
  // One address, because the browser keeps projects by it.
  if (asked === host.replace("127.0.0.1", "localhost")) {
    return refuse(308, `The studio is at http://${host}/.`, { location: `http://${host}/` });
  }
  if (asked !== host) return refuse(421, `The studio answers to http://${host}/ alone.`);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return refuse(405, "The studio only sends files, and takes none.", { allow: "GET, HEAD" });
  }
  const [path = "/"] = (request.url ?? "/").split(/[?#]/);
  const file = files.get(path === "/" ? "/index.html" : path);
  if (file === undefined) return refuse(404, "There is no such file here.");
  const type = types[/\.(\w+)$/.exec(file)?.[1] ?? ""] ?? "application/octet-stream";
  response.writeHead(200, { "content-type": type, "cache-control": "no-cache", ...headers });
  if (request.method === "HEAD") return void response.end();
  createReadStream(file)
    .on("error", () => response.destroy()) // the folder was removed or built anew: the browser reports a broken file
    .pipe(response);
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
      `\`port\` ${port} is taken, perhaps by a studio that runs already: look at http://127.0.0.1:${port}/, or name another port. The browser keeps projects by address: another port shows other projects.`,
    );
  }
  if (code === "EACCES") return new InputError(`\`port\` ${port} may not be used by this user. Name one from 1024 on.`);
  return error;
}
