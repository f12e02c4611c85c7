import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { findings, leftovers, placeGate, type Running, shut, start, trainingsOf } from "./trials.js";
import { until } from "./until.js";

/** Runs of suites in one folder, on one engine. */
export function runsIn(folder: string, engine: string, environment: () => Readonly<Record<string, string>>) {
  const out = (name: string) => join(folder, name);
  placeGate(folder);
  const started: { readonly driver: Running; readonly name: string }[] = [];
  const launch = (file: string, name: string): Running => {
    const driver = start(folder, environment(), "run", file, "--out", name);
    started.push({ driver, name });
    return driver;
  };
  return {
    folder,
    out,
    /** Writes a suite that runs on the engine, which is asked often; its file. */
    written(name: string, what: object, options: object = {}): string {
      const executor = { id: engine, options: { poll: 0.5, grace: 2, ...options } };
      writeFileSync(join(folder, `${name}.json`), JSON.stringify({ ...what, executor }));
      return `${name}.json`;
    },
    run: launch,
    /** Likewise, and each training waits after its first validation, until it is halted and goes on, or the gate is opened. */
    runHeld(file: string, name: string): Running {
      shut(out(name));
      return launch(file, name);
    },
    /** Ends what a trial that failed has left at work, so that the next one has the engine for itself. */
    abandon() {
      for (const { driver, name } of started.splice(0)) {
        driver.child.kill("SIGKILL"); // does nothing where it has ended
        for (const id of trainingsOf(out(name))) {
          try {
            process.kill(id, "SIGKILL");
          } catch {
            // it has ended meanwhile
          }
        }
      }
    },
    /** The jobs of each submission. */
    submissions: (name: string) =>
      readdirSync(join(out(name), "submissions")).map((each) =>
        readFileSync(join(out(name), "submissions", each, "jobs.txt"), "utf8")
          .trimEnd()
          .split("\n"),
      ),
    /** What the tasks of a run printed. */
    log(name: string): string {
      const place = join(out(name), "submissions");
      const logs = readdirSync(place, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".out"));
      return logs.map((path) => readFileSync(join(place, path), "utf8")).join("");
    },
    /** The findings of a suite on this machine alone. */
    async alone(what: object, name: string) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(what));
      const driver = start(folder, {}, "run", `${name}.json`, "--out", name, "--executor", "in-process");
      expect(await driver.end(120), driver.said()).toBe(0);
      return findings(out(name));
    },
    /** The driver ends well, with the results of one machine, each training counted once. */
    async endsAs(expected: ReturnType<typeof findings>, driver: Running, name: string) {
      expect(await driver.end(150), driver.said()).toBe(0);
      expect(findings(out(name))).toEqual(expected);
      await until("no attempt is at work", () => trainingsOf(out(name)).length === 0, 60);
      expect(leftovers(out(name))).toEqual([]);
    },
  };
}

/** What a training prints that goes on from its last validation. */
export const continued = /continues at step \d+ of 160 steps/;
