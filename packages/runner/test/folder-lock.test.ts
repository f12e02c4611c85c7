import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { encodeText, LockedError, StoreError } from "@em-stellar/core";
import { folderStore } from "@em-stellar/runner/node";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lock = async () => {
  const store = await folderStore(folder);
  return store.lock?.("writer.lock") as Promise<() => Promise<void>>;
};
const sleeper = () => spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
/** A lock as a process leaves it that is killed while it has it. */
async function lockOf(process: number | undefined, host = hostname()): Promise<void> {
  const born = await readFile(`/proc/${process}/stat`, "utf8").then(
    (stat) => stat.replace(/^.*\)\s/s, "").split(" ")[19] ?? null,
    () => null,
  );
  await writeFile(join(folder, "writer.lock"), JSON.stringify({ host, process, born, since: "2026-01-01", key: "k" }));
}

it("of two that start at once, ten times, one works and one says why not; afterwards nothing is left", async () => {
  for (let round = 0; round < 10; round++) {
    const both = await Promise.allSettled([lock(), lock()]);
    const [taken] = both.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    const [refused] = both.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(refused).toBeInstanceOf(LockedError);
    expect(refused.message).toMatch(
      new RegExp(`^${folder} is in use: process ${process.pid} has been using it since `),
    );
    await taken?.();
    expect(await readdir(folder)).toEqual([]);
  }
});

it("is refused while its owner lives, and taken over when it is gone, by one of several who try", async () => {
  const owner = sleeper();
  await lockOf(owner.pid);
  await expect(lock()).rejects.toThrow(`process ${owner.pid} has been using it`);
  owner.kill("SIGKILL");
  await once(owner, "exit");
  const all = await Promise.allSettled([lock(), lock(), lock()]);
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

it("is waited for as long as the caller has patience", async () => {
  const release = await lock();
  const store = await folderStore(folder);
  const began = performance.now();
  await expect(store.lock?.("writer.lock", 0.3)).rejects.toThrow("is in use");
  expect(performance.now() - began).toBeGreaterThan(300);
  setTimeout(release, 200);
  await (await store.lock?.("writer.lock", 30))?.();
});

it.skipIf(process.platform !== "linux")("is taken over where another process has the number of its owner", async () => {
  const other = sleeper();
  await writeFile(
    join(folder, "writer.lock"),
    JSON.stringify({ host: hostname(), process: other.pid, born: "1", since: "2026-01-01", key: "k" }),
  );
  await (await lock())();
  other.kill("SIGKILL");
});

it("of another machine is respected as long as it gives signs of life", async () => {
  await lockOf(1, "elsewhere");
  await expect(lock()).rejects.toThrow("process 1 on elsewhere has been using it");
});

it("that is abandoned is taken by exactly one of six, a hundred times", async () => {
  for (let round = 0; round < 100; round++) {
    await writeFile(join(folder, "writer.lock"), `damaged ${round}`);
    const all = await Promise.allSettled([lock(), lock(), lock(), lock(), lock(), lock()]);
    const taken = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    expect(taken).toHaveLength(1);
    for (const one of all) if (one.status === "rejected") expect(one.reason).toBeInstanceOf(LockedError);
    await taken[0]?.();
    expect(await readdir(folder)).toEqual([]);
  }
});

it.each(["{", "", "null", "{}", '{"key": "../../x"'])("that is damaged (%s) belongs to nobody", async (text) => {
  await writeFile(join(folder, "writer.lock"), text);
  await (await lock())();
  expect(await readdir(folder)).toEqual([]);
});

it("is taken over where the process that was removing it is gone, too", async () => {
  const gone = sleeper();
  gone.kill("SIGKILL");
  await once(gone, "exit");
  await lockOf(gone.pid);
  const claim = createHash("sha256").update("k").digest("hex").slice(0, 16);
  await copyFile(join(folder, "writer.lock"), join(folder, `writer.lock.${claim}.writing`));
  await (await lock())();
  expect(await readdir(folder)).toEqual([]);
});

it("a folder that was removed, or may not be written any more, is told in a sentence, and not made again", async () => {
  const inner = join(folder, "run");
  const store = await folderStore(inner);
  await store.write("jobs/a/state.bin", encodeText("first"));
  if (process.getuid?.() !== 0) {
    await chmod(inner, 0o500);
    await expect(store.write("b", encodeText("x"))).rejects.toThrow(
      /may no longer be written .* Change its permissions/,
    );
    await chmod(inner, 0o700);
  }
  await rm(inner, { recursive: true });
  for (const write of [store.write, store.append]) {
    const error = await write?.("jobs/a/state.bin", encodeText("second")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(String(error)).toContain(`The run folder ${inner} is gone: jobs/a/state.bin could not be written.`);
  }
  expect(await readdir(folder)).toEqual([]);
});

it("names of files may be as long as the system takes them", async () => {
  const store = await folderStore(folder);
  const name = `${"n".repeat(251)}.png`;
  await store.write(name, encodeText("x"));
  expect(await store.list("")).toEqual([name]);
});
