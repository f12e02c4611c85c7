import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, extname, join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { root } from "./workspace.js";

// `npm run site`, as a reader sees it: in the folder that GitHub Pages serves it from.

const base = "/em-stellar/";
const dist = join(root, "site/dist");
let said: string;
beforeAll(() => {
  const ran = spawnSync("npm", ["run", "--silent", "site"], { cwd: root, encoding: "utf8", timeout: 900_000 });
  said = ran.stdout + ran.stderr;
  expect(ran.status, said).toBe(0);
});

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"));

describe("the site", () => {
  it("builds without a warning", () => {
    expect(said.split("\n").filter((line) => /warn|\(!\)|error|deprecat/i.test(line))).toEqual([]);
  });

  it("has a page for each page of docs, network, package and example, and the API", () => {
    for (const page of [
      "index",
      "getting-started",
      "validity",
      "networks/prelu-net",
      "packages/metrics",
      "contributing",
    ]) {
      expect(existsSync(join(dist, `${page}.html`)), page).toBe(true);
    }
    expect(existsSync(join(dist, "api/core/training.html"))).toBe(true);
  });

  it("has no link, anchor or picture that leads nowhere", () => {
    const texts = new Map<string, string>();
    const textOf = (file: string) => {
      const text = texts.get(file) ?? readFileSync(join(dist, file), "utf8");
      texts.set(file, text);
      return text;
    };
    const ids = new Map<string, Set<string>>();
    const idsOf = (file: string) => {
      const known = ids.get(file) ?? new Set([...textOf(file).matchAll(/\bid="([^"]+)"/g)].map(([, id = ""]) => id));
      ids.set(file, known);
      return known;
    };
    const broken = filesIn(dist).flatMap((file) =>
      [...textOf(file).matchAll(/<(?:a|img|link|script)\b[^>]*?\b(?:href|src)="([^"]*)"/g)].flatMap(
        ([, target = ""]) => {
          if (/^(https?:|data:|mailto:)/.test(target)) return [];
          const [path = "", anchor = ""] = target.replaceAll("&amp;", "&").split("#");
          const [bare = ""] = decodeURI(path).split("?");
          const place = bare.startsWith(base) ? bare.slice(base.length) : join(dirname(file), bare);
          const found = bare === "" ? file : fileAt(bare === base ? "" : place);
          if (found === undefined) return [`${file}: ${target}`];
          if (anchor === "" || !found.endsWith(".html")) return [];
          return idsOf(found).has(decodeURIComponent(anchor)) ? [] : [`${file}: ${target} has no such heading`];
        },
      ),
    );
    expect([...new Set(broken)]).toEqual([]);
  });
});

/** The file that a server answers an address with, relative to the site. */
function fileAt(place: string): string | undefined {
  return [place, `${place}.html`, join(place, "index.html")].find((name) => {
    const file = join(dist, name);
    return existsSync(file) && statSync(file).isFile();
  });
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
};

describe.skipIf(!hasChromium)("the site in a browser (needs Chromium: scripts/install-chromium.sh)", () => {
  let browser: Browser;
  let server: Server;
  let origin: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? "/", "http://localhost");
      const file = fileAt(decodeURI(pathname).slice(base.length));
      response.writeHead(file === undefined ? 404 : 200, {
        "content-type": types[extname(file ?? "")] ?? "text/plain",
      });
      response.end(file === undefined ? "" : readFileSync(join(dist, file)));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of a server that listens to a port
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  /** Opens a page; any request to elsewhere, missing file or error in it is in `faults`. */
  async function open(file: string, width: number, colorScheme: "light" | "dark", faults: string[]): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    page.on("request", (request) => {
      if (!request.url().startsWith(origin) && !request.url().startsWith("data:")) faults.push(request.url());
    });
    page.on("response", (response) => {
      if (response.status() !== 200) faults.push(`${response.url()}: ${response.status()}`);
    });
    page.on("pageerror", ({ message }) => faults.push(message));
    await page.goto(`${origin}${base}${file}`, { waitUntil: "load" });
    return page;
  }

  const faultsOfAxe = `axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 120)).join(" | ")))`;

  it.each([
    [390, "dark"],
    [1280, "light"],
  ] as const)(
    "at %d pixels, %s: axe finds no fault, nothing is wider than the page, nothing is asked of others",
    async (width, scheme) => {
      const found: string[] = [];
      const isSample = (file: string) => !file.startsWith("api") || /metrics|kernels.index|api.index/.test(file);
      for (const file of filesIn(dist).filter((file) => width > 390 || isSample(file))) {
        const faults: string[] = [];
        const page = await open(file, width, scheme, faults);
        await page.addScriptTag({ content: axe.source });
        faults.push(...(await page.evaluate<string[]>(faultsOfAxe)));
        const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
        if (wide > width) faults.push(`${wide} pixels wide`);
        found.push(...faults.map((fault) => `${file}: ${fault}`));
        await page.close();
      }
      expect(found).toEqual([]);
    },
  );

  it.each(["prelu-net", "em-net-v2-4x", "SegNet"])("a search for %s finds its page first", async (network) => {
    const faults: string[] = [];
    const page = await open("index.html", 1280, "light", faults);
    await page.click(".DocSearch-Button");
    await page.fill(".VPLocalSearchBox input", network);
    await page.waitForSelector(".VPLocalSearchBox .result");
    const first = await page.getAttribute(".VPLocalSearchBox .result", "href");
    expect(first).toMatch(new RegExp(`^${base}networks/${network.toLowerCase()}(\\.html)?(#|$)`));
    expect(faults).toEqual([]);
    await page.close();
  });
});
