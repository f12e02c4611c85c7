import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { Copy, installTools, startRegistry, strangersEnv } from "./rehearsal.js";

declare module "vitest" {
  interface ProvidedContext {
    /** Of all that the rehearsal leaves. */
    place: string;
    registry: string;
    /** Of the copy of the repository that was released from. */
    copy: string;
    /** Of the tools of `tools/package.json`. */
    tools: string;
  }
}

/** Before all: a registry, and every package released to it as `npm run version` and `npm run publish:packages` do. */
export default async function setup(project: TestProject): Promise<() => void> {
  // As on many a stranger's machine: spaces, and letters beyond ASCII.
  const place = mkdtempSync(join(tmpdir(), "em-stellar rehearsal ü-"));
  const tools = installTools(place);
  const { url, stop } = await startRegistry(tools);
  const copy = Copy.make(place, strangersEnv(place, url));
  copy.raiseVersions();
  copy.npm("run", "publish:packages");
  project.provide("place", place);
  project.provide("registry", url);
  project.provide("tools", tools);
  project.provide("copy", copy.folder);
  return () => {
    stop();
    rmSync(place, { recursive: true, force: true });
  };
}
