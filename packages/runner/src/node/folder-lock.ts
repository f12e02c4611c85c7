import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { decodeText, LockedError } from "@em-stellar/core";
import { readPlainFile } from "@em-stellar/data/node";
import { makeFolder } from "./make-folder.js";

/** Who holds a lock. */
interface Owner {
  readonly host: string;
  readonly process: number;
  /** What tells it from a later process of the same number, where the system says so. */
  readonly born: string | null;
  /** ISO 8601 */
  readonly since: string;
  readonly key: string;
}

/** Seconds between two signs of life in a lock, for machines that share the folder and cannot see each other's processes. */
const heartbeat = 10;

/** After so many seconds without a sign of life the process of another machine is taken to be gone. */
const silence = 600;

/** Seconds between two looks at a lock that somebody has. */
const interval = 0.1;

/**
 * Takes the lock in a file until the function that it gives back is called; one whose process is gone is taken over. Throws
 * `LockedError` where another process has it, and still has it after `patience` seconds.
 */
export async function lockFile(file: string, patience = 0): Promise<() => Promise<void>> {
  const owner: Owner = {
    host: hostname(),
    process: process.pid,
    born: birthOf(process.pid),
    since: new Date().toISOString(),
    key: randomUUID(),
  };
  await makeFolder(dirname(file));
  for (const began = performance.now(); ; await wait(1000 * interval)) {
    try {
      await take(file, owner);
      break;
    } catch (error) {
      if (!(error instanceof LockedError) || performance.now() - began > 1000 * patience) throw error;
    }
  }
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {}); // a folder that is gone is told by whoever writes to it
  }, 1000 * heartbeat);
  timer.unref();
  return async () => {
    clearInterval(timer);
    // What went wrong before says more; and a lock that stays is taken over when this process is gone.
    await giveBack(file, owner).catch(() => {});
  };
}

/** Links a file that names this process to the lock's name, which fails where that is taken. */
async function take(file: string, owner: Owner): Promise<void> {
  const own = `${file}.${owner.key}.writing`;
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      await writeFile(own, JSON.stringify(owner)); // again, since the lock's holder clears away what is unfinished
      if (await linked(own, file)) return;
      const holder = await ownerOf(file);
      if (holder === undefined) continue; // it was just given back
      if (!(await isGone(file, holder))) throw taken(file, holder);
      await removeAbandoned(file, holder, owner);
    }
  } finally {
    await rm(own, { force: true });
  }
  const holder = await ownerOf(file);
  throw holder ? taken(file, holder) : new LockedError(`The lock ${file} cannot be taken. Try again.`);
}

/**
 * Removes the lock of an owner that is gone. Several may find it: without the claim, the slowest of them would remove the lock
 * that the first one has taken meanwhile. The claim is a lock like any other, and is taken over like one.
 */
async function removeAbandoned(file: string, holder: Owner, owner: Owner): Promise<void> {
  const name = createHash("sha256").update(holder.key).digest("hex").slice(0, 16);
  const claim = `${file}.${name}.writing`;
  await take(claim, owner);
  try {
    if ((await ownerOf(file))?.key === holder.key) await rm(file, { force: true });
  } finally {
    await giveBack(claim, owner);
  }
}

async function giveBack(file: string, { key }: Owner): Promise<void> {
  if ((await ownerOf(file))?.key === key) await rm(file, { force: true });
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "EEXIST" || error.code === "ENOENT")) return false;
    throw error;
  }
}

async function ownerOf(file: string): Promise<Owner | undefined> {
  const text = await readPlainFile(file).then(decodeText, () => undefined);
  if (text === undefined) return undefined;
  const damaged: Owner = { host: "", process: 0, born: null, since: "", key: text }; // nobody holds it
  try {
    const owner: unknown = JSON.parse(text);
    const isOwner = typeof owner === "object" && owner !== null && "key" in owner && typeof owner.key === "string";
    return isOwner ? (owner as Owner) : damaged; // lockFile alone writes it, and the key last
  } catch {
    return damaged;
  }
}

async function isGone(file: string, { host, process: id, born }: Owner): Promise<boolean> {
  if (host === "") return true;
  if (host === hostname()) return !isAlive(id) || birthOf(id) !== born;
  // Both times are the file system's own: the clocks of two machines may differ.
  const probe = `${file}.${randomUUID()}.writing`;
  await writeFile(probe, "");
  const [now, then] = [await stat(probe), await stat(file).catch(() => undefined)];
  await rm(probe, { force: true });
  return then === undefined || now.mtimeMs - then.mtimeMs > 1000 * silence;
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** When a process began, as Linux counts it; `null` on other systems. A process that has ended and was not collected has none. */
function birthOf(id: number): string | null {
  try {
    const fields = readFileSync(`/proc/${id}/stat`, "utf8")
      .replace(/^.*\)\s/s, "")
      .split(" ");
    return fields[0] === "Z" ? "ended" : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function taken(file: string, { host, process: id, since }: Owner): LockedError {
  return new LockedError(
    `${dirname(file)} is in use: process ${id}${host === hostname() ? "" : ` on ${host}`} has been using it since ${since}. Wait for it to end or stop it, or choose another output folder.`,
  );
}
