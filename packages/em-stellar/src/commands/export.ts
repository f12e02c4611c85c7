import { type ExportOptions, exportModel } from "@em-stellar/runner/node";
import type { Terminal } from "../terminal/terminal.js";

/** `em-stellar export RUN`: one model or ensemble of a finished run, in a folder of its own. */
export async function exportRun(
  run: string,
  { method, out }: Omit<ExportOptions, "run">,
  terminal: Terminal,
): Promise<void> {
  const { models, folder, ...exported } = await exportModel({ run, out, ...(method !== undefined && { method }) });
  const what = models === 1 ? "a model" : `an ensemble of ${models} models`;
  terminal.print(`Exported ${exported.method}, ${what}: ${folder}`);
}
