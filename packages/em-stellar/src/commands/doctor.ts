import type { AnyFactory, AnyRegistry } from "@em-stellar/core";
import type { Backend } from "@em-stellar/core/training";
import { examineApart } from "../doctor/examine-apart.js";
import type { Finding } from "../doctor/finding.js";
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
  // At once, while this process loads the backends to know their names.
  const whole = examine("auto", plugin);
  const [{ backendsWith }, { describeMachine }] = await Promise.all([
    import("../doctor/backends.js"),
    import("../doctor/machine.js"),
  ]);
  const registry = await backendsWith(plugin);
  const { summary }: AnyFactory<Backend> = registry.lookup("backend", "auto");
  // What auto settles needs no process of its own; what it never takes need not wait for it.
  const examineNext = async ({ id, preference }: Backend): Promise<Finding> => {
    const { settled = [] } = preference > 0 ? await whole : {};
    return settled.find(({ backend }) => backend === id) ?? examine(id, plugin);
  };
  const findings = await Promise.all(ranked(registry).map(examineNext));
  const { settled: _, ...chosen } = await whole;
  const machine = describeMachine();
  if (json) terminal.print(JSON.stringify({ ...machine, backends: findings, auto: chosen }, null, 2));
  else {
    const columns = Math.min(terminal.columns, 120);
    terminal.print(diagnosis(machine, findings, { ...chosen, summary }, columns).join("\n"));
  }
  if (!findings.some(({ status }) => status === "ready")) {
    const { EmStellarError } = await import("@em-stellar/core");
    throw new EmStellarError("No backend starts on this machine. The lines above say what each of them needs.");
  }
}

/** All backends but `auto`, in the order in which `auto` prefers them. */
function ranked(registry: AnyRegistry): Backend[] {
  const factories: readonly AnyFactory<Backend>[] = registry.list("backend");
  const backends = factories.filter(({ id }) => id !== "auto").map((factory) => factory());
  return backends.sort((a, b) => b.preference - a.preference);
}
