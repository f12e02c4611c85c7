import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../../src/studio/serve-page.js";

const headers = { "cross-origin-opener-policy": "same-origin", "content-security-policy": "default-src 'self'" };

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

describe("a served page", () => {
  let parent: string;
  let page: ServedPage;
  let port: number;

  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), "em-stellar-"));
    const folder = join(parent, "page");
    await mkdir(join(folder, "assets"), { recursive: true });
    await writeFile(join(folder, "index.html"), "<!doctype html><title>here</title>");
    await writeFile(join(folder, "assets", "a b.js"), "export {};");
    await writeFile(join(folder, "assets", "kernel.wasm"), new Uint8Array([0, 97, 115, 109]));
    await writeFile(join(parent, "secret.txt"), "not for you");
    page = await servePage({ folder, port: 0, headers });
    port = Number(new URL(page.address).port);
  });
  afterAll(async () => {
    await page?.close();
    await rm(parent, { recursive: true });
  });

  /** As it stands, which `fetch` would tidy up. */
  function get(path: string, { host = `127.0.0.1:${port}`, method = "GET" } = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port, path, method, headers: { host } }, (response) => {
        let body = "";
        response.on("data", (part) => {
          body += part;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      });
      sent.on("error", reject).end();
    });
  }

  it("is sent with its headers, and every file with the type that a browser needs", async () => {
    const index = await get("/?example#/train");
    expect(index).toMatchObject({ status: 200, body: "<!doctype html><title>here</title>", headers });
    expect(index.headers["content-type"]).toBe("text/html; charset=utf-8");
    expect((await get("/assets/a%20b.js")).headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect((await get("/assets/kernel.wasm")).headers["content-type"]).toBe("application/wasm");
    expect(await get("/index.html", { method: "HEAD" })).toMatchObject({ status: 200, body: "", headers });
  });

  it.each([
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/../../secret.txt",
    "//secret.txt",
    "/..\\secret.txt",
    "/assets",
    "/assets/",
    "/assets/a%00.js",
    "/%",
    "/__proto__",
  ])("holds nothing at %s", async (path) => {
    expect(await get(path)).toMatchObject({ status: 404, body: "There is no such file here.\n", headers });
  });

  it("answers to no other name, so that no other site can make a browser read it", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      `[::1]:${port}`,
      `127.0.0.1:${port + 1}`,
    ]) {
      expect(await get("/", { host }), host).toMatchObject({ status: 421 });
    }
    const moved = await get("/", { host: `localhost:${port}` });
    expect([moved.status, moved.headers.location]).toEqual([308, page.address]);
  });

  it("takes nothing", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
      expect((await get("/", { method })).status, method).toBe(405);
    }
  });

  it("is at 127.0.0.1 alone", async () => {
    const others = Object.values(networkInterfaces()).flatMap((all) =>
      (all ?? []).filter(({ family, internal }) => family === "IPv4" && !internal).map(({ address }) => address),
    );
    for (const host of [...others, "127.0.0.2"]) {
      const outcome = await new Promise((resolve) => {
        const socket = connect({ host, port, timeout: 2000 });
        const end = (what: string) => () => {
          socket.destroy();
          resolve(what);
        };
        socket.once("connect", end("connected")).once("error", end("refused")).once("timeout", end("refused"));
      });
      expect(outcome, host).toBe("refused");
    }
  });

  it("a port that is taken is named, with what would work", async () => {
    const again = servePage({ folder: join(parent, "page"), port, headers });
    await expect(again).rejects.toThrow(
      `\`port\` ${port} is taken, perhaps by a studio that is already running: open http://127.0.0.1:${port}/, or name another port.`,
    );
  });

  it("a folder without a page is refused", async () => {
    const missing = join(parent, "missing");
    await expect(servePage({ folder: missing, port: 0, headers })).rejects.toThrow(`${missing} holds no index.html.`);
  });
});
