import { beforeAll, expect, it } from "vitest";
import type { runsIn } from "./runs.js";
import { findings, goOn, halted, leftovers, open, type Running, start, suite, validated } from "./trials.js";

/** Two trainings that are long enough to be interrupted. */
export const long = suite(1, 160);

const short = suite(3, 40);

/** Trials that every engine must stand. `six`: in submissions of how many jobs six of them are given to it, in ascending order. */
export function commonTrials(runs: ReturnType<typeof runsIn>, { six }: { readonly six: readonly number[] }) {
  let expected: ReturnType<typeof findings>;
  beforeAll(async () => {
    expected = await runs.alone(long, "long-alone");
  });
  /** The driver ends well, with the results of one machine, each training counted once. */
  const endsAsAlone = (driver: Running, name: string) => runs.endsAs(expected, driver, name);

  it("six trainings end with the results of one machine", async () => {
    const driver = runs.run(runs.written("six", short), "six");
    await runs.endsAs(await runs.alone(short, "six-alone"), driver, "six");
    expect(
      runs
        .submissions("six")
        .map((jobs) => jobs.length)
        .sort(),
    ).toEqual(six);
  });

  it("a task that is killed is submitted again and goes on from its last validation", async () => {
    const driver = runs.runHeld(runs.written("killed", long), "killed");
    const trainings = await halted(runs.out("killed"), 2);
    process.kill(trainings[0] as number, "SIGKILL");
    goOn(runs.out("killed"), trainings.slice(1));
    await endsAsAlone(driver, "killed");
    expect(
      runs
        .submissions("killed")
        .map((jobs) => jobs.length)
        .sort(),
    ).toEqual([1, 2]);
  });

  it("a driver that is killed and started again finds its tasks, and submits none twice", async () => {
    const file = runs.written("driver", long);
    const first = runs.runHeld(file, "driver");
    await validated(runs.out("driver"), 1);
    first.child.kill("SIGKILL");
    open(runs.out("driver"));
    await endsAsAlone(runs.run(file, "driver"), "driver");
    expect(runs.submissions("driver")).toHaveLength(1);
  });

  it("a job that is done twice at the same time counts once", async () => {
    const driver = runs.runHeld(runs.written("twice", long), "twice");
    await validated(runs.out("twice"), 2);
    const second = start(runs.folder, {}, "job", runs.out("twice"), "unet-bn/fold-0/seed-1");
    await validated(runs.out("twice"), 3); // two attempts of one job
    open(runs.out("twice"));
    expect(await driver.end(150), driver.said()).toBe(0);
    expect(await second.end(60)).toBe(0);
    expect(leftovers(runs.out("twice"))).toEqual([]);
    expect(findings(runs.out("twice"))).toEqual(expected);
  });

  return { endsAsAlone };
}
