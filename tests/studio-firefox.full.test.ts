import { pageHeaders, studioFolder } from "@em-stellar/studio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../packages/em-stellar/src/studio/serve-page.js";
import { type Firefox, hasFirefox, launchFirefox } from "./browser/firefox.js";

/** Runs in the page before each step: the first element that has the words, once it can be used. */
const tools = `
  const find = async (selector, words = /^/) => {
    for (;;) {
      const found = [...document.querySelectorAll(selector)].find((each) => words.test(each.textContent));
      if (found && found.getAttribute("aria-disabled") !== "true") return found;
      const problem = document.querySelector(".problem");
      if (problem) throw new Error(problem.textContent);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
`;

describe.skipIf(!hasFirefox)("the studio, in Firefox (needs it: scripts/install-firefox.sh)", () => {
  let server: ServedPage;
  let firefox: Firefox;
  beforeAll(async () => {
    server = await servePage({ folder: studioFolder, port: 0, headers: pageHeaders });
    firefox = await launchFirefox();
  });
  afterAll(async () => {
    await firefox?.close();
    await server?.close();
  });

  it("understands the example, trains each network for ten steps on wasm with threads, and asks nothing of others", async () => {
    await firefox.open(server.address);
    const run = (body: string) => firefox.evaluate<string>(tools + body);
    const understood = await run(
      `(await find("button", /Try the example/)).click(); return (await find(".sentences")).textContent;`,
    );
    expect(understood).toContain("Every file has");
    const time = await run(`
      location.hash = "#/suite";
      (await find("button", /Try ten steps of each/)).click();
      return (await find(".costs div:last-child dd", /\\d (s|min)$/)).textContent;
    `);
    expect(time).toMatch(/^\d+ (s|min)$/); // of all steps that fill five minutes
    expect(await run(`return (await find(".badge summary")).textContent;`)).toMatch(/Processor, \d threads/);
    const diagnostics = await run(
      `(await find("button", /Copy diagnostics/)).click(); return (await find("textarea")).value;`,
    );
    expect(diagnostics).toContain("Firefox");
    expect(diagnostics).toContain("errors: none");
    const addresses = await run(
      `return performance.getEntriesByType("resource").map(({ name }) => new URL(name).origin).join(" ");`,
    );
    expect([...new Set(addresses.split(" "))]).toEqual([new URL(server.address).origin]);
  });
});
