import type { DataContext, DataSource } from "../../data-source.js";
import { EmStellarError } from "../../errors.js";
import type { Metric } from "../../metric.js";
import type { Loss } from "../../training/loss.js";
import type { Optimizer } from "../../training/optimizer.js";
import { ofLoss, ofOptimizer } from "./check-names.js";
import { dataSourceChecks } from "./data-source-checks.js";
import { metricChecks } from "./metric-checks.js";
import { fault } from "./subject.js";

/** One thing that a component must do. */
export interface ComponentCheck {
  /** What it does, for a list of tests: `stays within its range`. */
  readonly name: string;
  /** Throws an `EmStellarError` that names the component, what it did and what would fix it. */
  run(): Promise<void>;
}

/** How a component is checked. */
export interface ComponentCheckOptions {
  /** What a data source is opened with: the folder that its paths start from. */
  readonly context?: DataContext;
}

/**
 * What every metric, loss, optimizer and data source must do, each a test for any test framework:
 * `for (const { name, run } of componentChecks(myMetric())) it(name, run);` Metrics and data sources need no tfjs; losses and
 * optimizers are checked on its current backend. Networks have checks of their own: `networkChecks` of
 * `@em-stellar/core/testing`.
 */
export function componentChecks(
  component: Metric | Loss | Optimizer | DataSource,
  { context = {} }: ComponentCheckOptions = {},
): ComponentCheck[] {
  const named = (checks: Readonly<Record<string, () => void | Promise<void>>>) =>
    Object.entries(checks).map(([name, check]) => ({ name, run: async () => check() }));
  const general = { "is described": () => requireDescribed(component) };
  switch (component.kind) {
    case "metric":
      return named({ ...general, ...metricChecks(component) });
    case "data":
      return named({ ...general, ...dataSourceChecks(component, context) });
    case "loss":
      return [
        ...named(general),
        ...ofLoss.map((name) => ({
          name,
          run: async () => (await import("./loss-checks.js")).checkLoss(component, name),
        })),
      ];
    case "optimizer":
      return [
        ...named(general),
        ...ofOptimizer.map((name) => ({
          name,
          run: async () => (await import("./optimizer-checks.js")).checkOptimizer(component, name),
        })),
      ];
    default: {
      const { kind, id }: { kind: string; id: string } = component; // what a caller in JavaScript may hand over
      throw new EmStellarError(
        `componentChecks takes a metric, a loss, an optimizer or a data source, but was given the ${kind} "${id}".${kind === "network" ? " Networks have networkChecks of @em-stellar/core/testing." : ""}`,
      );
    }
  }
}

/** An id that may stand in paths and suites, and options that results can record. */
function requireDescribed(component: Metric | Loss | Optimizer | DataSource): void {
  const { id, options } = component;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
    throw fault(component, "has an id that is not in kebab-case, such as my-score or focal-2.");
  }
  const recorded: object = JSON.parse(JSON.stringify(options));
  for (const [name, value] of Object.entries(options)) {
    const again = Object.entries(recorded).find(([key]) => key === name)?.[1];
    if (JSON.stringify(again) !== JSON.stringify(value) || again === undefined || typeof value === "function") {
      throw fault(component, `has the option "${name}", which JSON cannot hold: results could not record it.`);
    }
  }
}
