import type { Component } from "../../component.js";
import { EmStellarError } from "../../errors.js";

/** The problem with a component, as a sentence that begins with its kind and id. */
export function fault({ kind, id }: Component, problem: string): EmStellarError {
  return new EmStellarError(`${kind === "data" ? "data source" : kind} "${id}" ${problem}`);
}

/** Whether two numbers are the same up to rounding. */
export function isClose(a: number, b: number, tolerance = 1e-9): boolean {
  return a === b || Math.abs(a - b) <= tolerance * (1 + Math.max(Math.abs(a), Math.abs(b)));
}
