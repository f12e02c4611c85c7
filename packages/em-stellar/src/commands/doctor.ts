import { EmStellarError } from "@em-stellar/core";
import { diagnosis } from "../doctor/diagnosis.js";
import { examineApart } from "../doctor/examine-apart.js";
import { describeMachine } from "../doctor/machine.js";
import type { Terminal } from "../terminal/terminal.js";

/** In the order in which `auto` prefers them. */
const backends = ["cuda", "webgpu", "tensorflow", "wasm", "cpu"];

/** `em-stellar doctor`: which backends start on this machine, what the others would need, and which one `auto` takes. */
export async function doctor(
  { json = false }: { json?: boolean },
  terminal: Terminal,
  examine: typeof examineApart = examineApart,
): Promise<void> {
  const machine = describeMachine();
  const [auto, ...findings] = await Promise.all(["auto", ...backends].map((id) => examine(id)));
  if (!auto) throw new Error("unreachable: there is a finding for each id");
  if (json) terminal.print(JSON.stringify({ ...(await machine), backends: findings, auto }, null, 2));
  else terminal.print(diagnosis(await machine, findings, auto, Math.min(terminal.columns, 120)).join("\n"));
  if (!findings.some(({ status }) => status === "ready")) {
    throw new EmStellarError("No backend starts on this machine. What is said of each above would mend it.");
  }
}
