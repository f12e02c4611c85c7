import type { Budget, Speed } from "@em-stellar/runner";
import type { Exchange } from "../exchange.js";
import type { DeviceChoice } from "./device.js";

/** A suite as JSON, its data included. */
export type SuiteJson = Readonly<Record<string, unknown>>;

/** A component that a suite may name. */
export interface ComponentView {
  readonly id: string;
  readonly summary: string;
  readonly citation?: string;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** What the field calls a metric: `F1`. */
  readonly label?: string;
}

export type ComponentKind = "network" | "loss" | "optimizer" | "metric" | "ensemble" | "baseline";

/** What a network costs, whatever it is computed on. */
export interface NetworkCost {
  readonly parameters: number;
  /** Floating-point operations for one training patch. */
  readonly flops: number;
  /** Bytes that one training patch takes at least. */
  readonly memory: number;
}

/** What a trial of a few steps found out. */
export interface TrialView {
  readonly speeds: readonly Speed[];
  /** Trainings that failed, by the names of their methods. */
  readonly failures: Readonly<Record<string, string>>;
  /** Bytes that the device held at most. */
  readonly peakBytes: number;
}

export interface SuiteRequests {
  readonly components: Exchange<null, Readonly<Record<ComponentKind, readonly ComponentView[]>>>;
  /** Keeps the suite in the project. */
  readonly "keep-suite": Exchange<SuiteJson, null>;
  /** Why a suite cannot be run, or null, and how many trainings it has. */
  readonly "check-suite": Exchange<SuiteJson, { readonly problem: string | null; readonly trainings: number }>;
  /** What each network of a suite costs, in their order. Starts the device. */
  readonly "network-costs": Exchange<
    { readonly choice: DeviceChoice; readonly suite: SuiteJson },
    readonly (NetworkCost | { readonly problem: string })[]
  >;
  /** Trains each network for ten steps and keeps nothing. */
  readonly trial: Exchange<{ readonly choice: DeviceChoice; readonly suite: SuiteJson }, TrialView>;
  /** The steps that fill so many minutes. */
  readonly budget: Exchange<
    { readonly speeds: readonly Speed[]; readonly folds: number; readonly minutes: number },
    Budget
  >;
}
