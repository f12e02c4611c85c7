import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { LockedError } from "@em-stellar/core";

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
const patience = 600;

/**
 * Takes the lock in a file until the function that it gives back is called; one whose process is gone is taken over. Throws
 * `LockedError` where another process has it.
 */
export async function lockFile(file: string): Promise<() => Promise<void>> {
  const owner: Owner = {
    host: hostname(),
    process: process.pid,
    born: birthOf(process.pid),
    since: new Date().toISOString(),
    key: randomUUID(),
  };
  await mkdir(dirname(file), { recursive: true });
  const own = `${file}.${owner.key}.writing`;
  await writeFile(own, JSON.stringify(owner));
  try {
    await take(file, own, owner);
  } finally {
    await rm(own, { force: true });
  }
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {}); // a folder that is gone is told by whoever writes to it
  }, 1000 * heartbeat);
  timer.unref();
  return async () => {
    clearInterval(timer);
    if ((await ownerOf(file))?.key === owner.key) await rm(file, { force: true });
  };
}

/** Links the file that names this process to the lock's name, which fails where that is taken. */
async function take(file: string, own: string, { key }: Owner): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await linked(own, file)) return;
    const holder = await ownerOf(file);
    if (holder === undefined) continue; // it was just given back
    if (!(await isGone(file, holder))) throw taken(file, holder);
    // Two may find the same lock abandoned: whoever moves it away looks whether it is still that one.
    const aside = `${file}.${key}.old.writing`;
    try {
      await rename(file, aside);
    } catch {
      continue;
    }
    const moved = await ownerOf(aside);
    if (moved && moved.key !== holder.key) await linked(aside, file);
    await rm(aside, { force: true });
  }
  const holder = await ownerOf(file);
  throw holder ? taken(file, holder) : new LockedError(`The lock ${file} cannot be taken. Try again.`);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function ownerOf(file: string): Promise<Owner | undefined> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Owner; // written by lockFile alone
  } catch {
    return { host: "", process: 0, born: null, since: "", key: text }; // damaged: nobody holds it
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
  return then === undefined || now.mtimeMs - then.mtimeMs > 1000 * patience;
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
    `${dirname(file)} is in use: process ${id}${host === hostname() ? "" : ` on ${host}`} has been at work there since ${since}. Wait for it to end or stop it, or choose another output folder.`,
  );
}
