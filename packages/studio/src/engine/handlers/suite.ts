import { complexity } from "@em-stellar/analysis/complexity";
import { type AnyFactory, EmStellarError, type Metric } from "@em-stellar/core";
import { budgetFor, measureSpeed, parseSuite } from "@em-stellar/runner";
import { changeProject } from "../opened.js";
import type { Call } from "../protocol.js";
import { registryOf } from "../registry.js";
import type {
  ComponentKind,
  ComponentView,
  NetworkCost,
  SuiteJson,
  SuiteRequests,
  TrialView,
} from "../requests/suite.js";
import { projectFiles } from "./data.js";
import { startDevice } from "./device.js";

type Asked<Name extends keyof SuiteRequests> = SuiteRequests[Name]["asked"];

export async function components(): Promise<Record<ComponentKind, ComponentView[]>> {
  const registry = registryOf(await projectFiles());
  const listed = (factories: readonly AnyFactory[]): ComponentView[] =>
    factories.map(({ id, summary, citation, defaults }) => ({
      id,
      summary,
      ...(citation !== undefined && { citation }),
      defaults: defaults as Record<string, unknown>, // options are objects of JSON
    }));
  return {
    network: listed(registry.list("network")),
    loss: listed(registry.list("loss")),
    optimizer: listed(registry.list("optimizer")),
    metric: listed(registry.list("metric")).map((view) => {
      const factory: AnyFactory<Metric> = registry.lookup("metric", view.id);
      return { ...view, label: factory().words?.label ?? view.id };
    }),
    ensemble: listed(registry.list("ensemble")),
    baseline: listed(registry.list("baseline")),
  };
}

export async function keepSuite(suite: SuiteJson): Promise<null> {
  await changeProject((project) => ({ ...project, suite }));
  return null;
}

export async function checkSuite(json: SuiteJson): Promise<{ problem: string | null; trainings: number }> {
  try {
    const { networks, folds, seeds } = parseSuite(json, registryOf(await projectFiles()));
    return { problem: null, trainings: networks.length * folds * seeds.length };
  } catch (error) {
    if (error instanceof EmStellarError) return { problem: error.message, trainings: 0 };
    throw error;
  }
}

export async function networkCosts({
  choice,
  suite: json,
}: Asked<"network-costs">): Promise<(NetworkCost | { problem: string })[]> {
  const { networks, trainings } = parseSuite(json, registryOf(await projectFiles()));
  await startDevice(choice);
  const patch = trainings[0]?.options.patch ?? 64;
  return networks.map((network) => {
    try {
      const { trainable, nonTrainable, flops, memory } = complexity(network, [patch, patch, 1]);
      return { parameters: trainable + nonTrainable, flops: flops.conv, memory: memory.training + 4 * memory.weights };
    } catch (error) {
      return { problem: error instanceof Error ? error.message : String(error) };
    }
  });
}

export async function trial({ choice, suite: json }: Asked<"trial">, { signal }: Call<"trial">): Promise<TrialView> {
  const registry = registryOf(await projectFiles());
  const suite = parseSuite(json, registry);
  const device = await startDevice(choice);
  const failures: Record<string, string> = {};
  const speeds = await measureSpeed(
    suite,
    { registry, device, signal },
    {
      onFailure: (method, message) => {
        failures[method] = message;
      },
    },
  );
  return { speeds, failures, peakBytes: device.peakBytes() };
}

export async function budget({ speeds, folds, minutes }: Asked<"budget">) {
  return budgetFor(speeds, folds, 60 * minutes, 1);
}
