import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Fields that say when and how long, or follow from what says so. */
const ofTime = new Set([
  "seconds",
  "processorSeconds",
  "finished",
  "planned",
  "saved",
  "created",
  "checksum",
  "command",
]);

/**
 * What a command left in a folder, by file: JSON without its times, of other files a hash. Events and the page of a report tell of
 * times throughout: of them, that they are there. Files whose path matches `except` are left out. Throws where another one cannot be
 * read as what its name says.
 */
export function whatIsLeft(folder: string, except?: RegExp): Record<string, unknown> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => !except?.test(file))
      .sort()
      .map((file) => [file.slice(folder.length + 1).replaceAll("\\", "/"), contentOf(file)]),
  );
}

function contentOf(file: string): unknown {
  const bytes = readFileSync(file);
  if (file.endsWith(".jsonl")) {
    for (const line of bytes.toString().split("\n").slice(0, -1)) JSON.parse(line);
    return "events";
  }
  if (file.endsWith(".html")) return "page";
  if (file.endsWith(".json")) return withoutTimes(JSON.parse(bytes.toString()));
  if (file.endsWith("state.bin")) return stateOf(bytes);
  return hashOf(bytes);
}

/** A saved state: its header without times, and a hash of its tensors. Its own hash at the end is over times, too. */
function stateOf(bytes: Buffer): unknown {
  const data = 4 + bytes.readUInt32LE(0);
  const { specs, ...header } = JSON.parse(bytes.toString("utf8", 4, data));
  // Layers have names by how many a process has made, which depends on what it trained before.
  const tensors = specs.map(({ name: _, ...spec }: { name: string }) => spec);
  return { header: withoutTimes(header), tensors, data: hashOf(bytes.subarray(data, -64)) };
}

function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !ofTime.has(key))
      .map(([key, inner]) => [key, withoutTimes(inner)]),
  );
}
