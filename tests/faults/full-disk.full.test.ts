import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startCommand } from "../start-command.js";
import { benchmarkFolder, type CommandName, commands } from "./benchmark-folder.js";
import { factor } from "./tally.js";
import { whatIsLeft } from "./what-is-left.js";

const canMount = (() => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const place = mkdtempSync(join(tmpdir(), "em-stellar-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "tmpfs", place]).status === 0;
  if (mounted) spawnSync("umount", [place]);
  rmSync(place, { recursive: true });
  return mounted;
})();

describe.skipIf(!canMount)("on a small disk (needs Linux, root and the right to mount)", () => {
  let folder: string;
  let disk: string;
  beforeAll(async () => {
    folder = await benchmarkFolder();
    disk = join(folder, "disk");
    mkdirSync(disk);
    mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", disk);
  });
  afterAll(() => {
    spawnSync("umount", ["-l", disk]);
    rmSync(folder, { recursive: true });
  });

  function mount(...args: string[]): void {
    const { status, stderr } = spawnSync("mount", args);
    if (status !== 0) throw new Error(`mount ${args.join(" ")}: ${stderr}`);
  }

  const filler = () => join(disk, "filler");
  /** Fills the disk but for so many bytes. */
  function leave(bytes: number): void {
    const { bfree, bsize } = statfsSync(disk);
    writeFileSync(filler(), new Uint8Array(bfree * bsize));
    truncateSync(filler(), bfree * bsize - bytes);
  }

  const commandOf = (name: CommandName, out: string) => startCommand(folder, commands[name](`disk/${out}`)).ended;

  it.each([
    ["run", [40_960, 0, 4096, 163_840]],
    ["predict", [20_480, 0, 8192]],
    ["evaluate", [65_536, 0, 8192]],
  ] as const)("%s that fills it says so in a sentence, and goes on when there is space again", async (name, sizes) => {
    const whole = await commandOf(name, "whole");
    expect(whole.code, whole.said).toBe(0);
    const undisturbed = whatIsLeft(join(disk, "whole"));
    rmSync(join(disk, "whole"), { recursive: true });
    for (const bytes of factor > 1 ? sizes : sizes.slice(0, 1)) {
      leave(bytes);
      const { code, said } = await commandOf(name, "out");
      const context = `${name}, ${bytes} bytes left: ${said}`;
      expect(code, context).toBe(1);
      const last = said.trimEnd().split("\n").at(-1);
      expect(last, context).toMatch(/^error: .*disk.*(is full|no space left).*(Free some space|Choose another)/);
      rmSync(filler());
      const again = await commandOf(name, "out");
      expect(again.code, again.said).toBe(0);
      expect(whatIsLeft(join(disk, "out"))).toEqual(undisturbed);
      rmSync(join(disk, "out"), { recursive: true });
    }
  });

  it("a run whose folder is removed, or becomes read-only in its midst, ends in a sentence", async () => {
    const removed = commandOf("run", "removed");
    await waitFor(() => existsSync(join(disk, "removed/jobs/unet-bn/fold-0/seed-1/last")));
    await waitFor(() => isRemoved(join(disk, "removed")));
    const { code, said } = await removed;
    expect(code, said).toBe(1);
    expect(said).toMatch(/^error: The run folder .*removed is gone: .* Put it back/m);

    const frozen = commandOf("run", "frozen");
    await waitFor(() => existsSync(join(disk, "frozen/jobs/unet-bn/fold-0/seed-1/last")));
    await waitFor(() => spawnSync("mount", ["-o", "remount,ro", disk]).status === 0); // not while a file is open
    const readOnly = await frozen;
    expect(readOnly.code, readOnly.said).toBe(1);
    expect(readOnly.said).toMatch(/^error: .*frozen.*(EROFS|may no longer be written)/m);
    mount("-o", "remount,rw", disk);
    const again = await commandOf("run", "frozen");
    expect(again.code, again.said).toBe(0);
  });
});

/** Removes a folder; false where the run has written something into it meanwhile. */
function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY") throw error;
    return false;
  }
}

async function waitFor(condition: () => boolean): Promise<void> {
  for (let i = 0; !condition(); i++) {
    if (i > 3000) throw new Error("It did not happen within 30 s.");
    await wait(10);
  }
}
