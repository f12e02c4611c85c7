import { createRegistry, definePlugin } from "@em-stellar/core";
import { type Device, defineBackend } from "@em-stellar/core/training";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { expect, it } from "vitest";
import { autoAmong, BackendUnavailableError, defineAuto } from "../src/backend/index.js";

const device = (backend: string, options: object): Device => ({
  ...{ backend, options, description: backend, details: { speed: "1" } },
  prepare: (model: LayersModel) => model,
  peakBytes: () => 0,
  dispose: async () => {},
});
const fast = defineBackend({
  id: "fast",
  summary: "fast",
  defaults: { lanes: 1, shared: false },
  preference: 2,
  async start(options: { lanes: number; shared: boolean }): Promise<Device> {
    if (options.lanes > 8) {
      const [problem, remedy] = ["It has 8 lanes.", "Take fewer."];
      throw new BackendUnavailableError({ backend: "fast", status: "failed", problem, remedy });
    }
    return device("fast", options);
  },
});
const slow = defineBackend({
  id: "slow",
  summary: "slow",
  defaults: { shared: false },
  preference: 1,
  async start(options: { shared: boolean }): Promise<Device> {
    if (options.shared) throw new Error("it is alone");
    return device("slow", options);
  },
});
const byHand = defineBackend({
  id: "by-hand",
  summary: "with a pencil",
  defaults: {},
  start: async () => device("by-hand", {}),
});
const auto = defineAuto(byHand, slow, fast);

it("takes the most preferred that starts, with the options that it has", async () => {
  expect(await auto().start()).toMatchObject({ backend: "fast", options: { lanes: 1, shared: false }, reasons: [] });
  expect(await auto({ lanes: 4, shared: true }).start()).toMatchObject({ options: { lanes: 4, shared: true } });
  expect(await auto({ lanes: 9 }).start()).toMatchObject({
    backend: "slow",
    options: { shared: false },
    details: { speed: "1", choice: "auto chose slow. Not fast: It has 8 lanes." },
    reasons: [{ backend: "fast", status: "failed", problem: "It has 8 lanes.", remedy: "Take fewer." }],
  });
  expect(auto.summary).toBe("the first that starts of fast and slow");
});

it("never takes what nobody prefers, but says that it is there", async () => {
  await expect(auto({ lanes: 9, shared: true }).start()).rejects.toThrow(
    'No backend starts that "auto" chooses from.\n  fast: It has 8 lanes. Take fewer.\n  slow: it is alone\nIt never takes "by-hand" (with a pencil), which you can name.',
  );
});

it("refuses an option that no backend has, and a value that one refuses, before it starts any", async () => {
  // @ts-expect-error: known at compile time too
  expect(() => auto({ lane: 1 })).toThrow('backend "auto" has no option "lane". Did you mean "lanes"?');
  // @ts-expect-error: known at compile time too
  await expect(async () => auto({ shared: "yes" }).start()).rejects.toThrow(
    'backend "fast" needs a boolean for "shared"',
  );
});

it("chooses from the backends of all plugins", async () => {
  const plugins = [slow, fast].map((backend) =>
    definePlugin({ name: backend.id, version: "1.0.0", components: [backend] }),
  );
  const registry = createRegistry(...plugins, autoAmong(...plugins));
  expect(await registry.lookup("backend", "auto")().start()).toMatchObject({ backend: "fast" });
});

it("refuses a device that names another backend, which its worker processes would start instead", async () => {
  const disposed: string[] = [];
  const borrowed = defineBackend({
    id: "borrowed",
    summary: "fast under another name",
    defaults: {},
    start: async () => ({ ...device("fast", {}), dispose: async () => void disposed.push("fast") }),
  });
  await expect(borrowed().start()).rejects.toThrow(
    'backend "borrowed" started a device that names "fast" as its backend. Its start() must return backend: "borrowed"',
  );
  expect(disposed).toEqual(["fast"]);
});
