import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { EmStellarError, featuresSchema, readJson, writeText } from "@em-stellar/core";
import { featuresSentence, renderFeatures } from "@em-stellar/report";
import { folderStore } from "@em-stellar/runner/node";
import type { Terminal } from "./terminal/terminal.js";

/** Makes the page of a feature correlation again where the folder holds one; whether it does. */
export async function remakeFeatures(folder: string, terminal: Terminal): Promise<boolean> {
  const file = resolve(folder, "features.json");
  if (!existsSync(file)) return false;
  const store = await folderStore(resolve(folder));
  const parsed = featuresSchema.safeParse(await readJson(store, "features.json"));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new EmStellarError(
      `${file} does not have the format of this version: ${issue?.path.join(".")}: ${issue?.message}.`,
    );
  }
  const onLost = (sentence: string) => terminal.print(`! ${sentence}`);
  await writeText(store, "report/index.html", await renderFeatures(parsed.data, { store, onLost }));
  terminal.print(featuresSentence(parsed.data));
  terminal.print(`\nReport:  ${resolve(folder, "report", "index.html")}`);
  return true;
}
