import type { Device } from "@em-stellar/core/training";
import { type Case, check, type Example } from "@em-stellar/kernels/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { topics } from "./topics.js";

/** Cases that are not run on a backend, by `topic: name`, and why. */
export type Skips = Readonly<Record<string, string>>;

/** Checks every case on a device, each as a test of its own; at the end a line says how many were skipped, and why. */
export function conformance(start: () => Promise<Device>, skips: Skips = {}): void {
  let device: Device;
  checkEach(
    {
      begin: async () => {
        device = await start();
        return device.description;
      },
      check: (item) => check(item, device),
      end: () => device.dispose(),
    },
    skips,
  );
}

/** Where cases are checked: in this process, or in another one. */
export interface Place {
  /** Gives a description for people. */
  begin(): Promise<string>;
  /** Throws where the case fails. */
  check(item: Case | Example, key: string): Promise<void>;
  end(): Promise<void>;
}

export function checkEach({ begin, check, end }: Place, skips: Skips): void {
  const known = new Set<string>();
  let description = "";
  beforeAll(async () => {
    description = await begin();
  });
  for (const { name: topic, cases } of topics) {
    describe(topic, () => {
      for (const item of cases) {
        const key = `${topic}: ${item.name}`;
        if (known.has(key)) throw new Error(`There are two cases "${key}".`);
        known.add(key);
        const reason = skips[key];
        if (reason === undefined) it(item.name, () => check(item, key));
        else it.skip(`${item.name} (skipped: ${reason})`, () => {});
      }
    });
  }
  it("skips no case that there is not", () => {
    expect(Object.keys(skips).filter((key) => !known.has(key))).toEqual([]);
  });
  afterAll(async () => {
    const skipped = Object.entries(skips).map(([key, reason]) => `\n  skipped ${key} (${reason})`);
    console.log(
      `Conformance of ${description}: ${known.size - skipped.length} of ${known.size} cases${skipped.join("")}`,
    );
    await end();
  });
}
