import { type AnyFactory, type AnyRegistry, EmStellarError } from "@em-stellar/core";
import type { Backend } from "@em-stellar/core/training";
import { examineApart } from "../doctor/examine-apart.js";
import { describeMachine } from "../doctor/machine.js";
import { registryOf } from "../plugins.js";
import { diagnosis } from "../terminal/diagnosis.js";
import type { Terminal } from "../terminal/terminal.js";

export interface DoctorOptions {
  readonly json?: boolean;
  /** Packages and ./files of plugins. */
  readonly plugin?: readonly string[];
}

/** `em-stellar doctor`: which backends start on this machine, what the others would need, and which one `auto` takes. */
export async function doctor(
  { json = false, plugin = [] }: DoctorOptions,
  terminal: Terminal,
  examine: typeof examineApart = examineApart,
): Promise<void> {
  const registry = await registryOf(plugin);
  const auto: AnyFactory<Backend> = registry.lookup("backend", "auto");
  const [chosen, ...findings] = await Promise.all([auto.id, ...named(registry)].map((id) => examine(id, plugin)));
  if (!chosen) throw new Error("unreachable: there is a finding for each id");
  const machine = describeMachine();
  if (json) terminal.print(JSON.stringify({ ...machine, backends: findings, auto: chosen }, null, 2));
  else {
    const columns = Math.min(terminal.columns, 120);
    terminal.print(diagnosis(machine, findings, { ...chosen, summary: auto.summary }, columns).join("\n"));
  }
  if (!findings.some(({ status }) => status === "ready")) {
    throw new EmStellarError("No backend starts on this machine. The lines above say what each of them needs.");
  }
}

/** Ids of all backends but `auto`, in the order in which `auto` prefers them. */
function named(registry: AnyRegistry): string[] {
  const factories: readonly AnyFactory<Backend>[] = registry.list("backend");
  const backends = factories.filter(({ id }) => id !== "auto").map((factory) => factory());
  return backends.sort((a, b) => b.preference - a.preference).map(({ id }) => id);
}
