// The last step of the build: writes what the registry holds into dist/components.json, for `em-stellar list`.
import { writeFileSync } from "node:fs";
import { listComponents } from "../dist/component-index.js";
import { builtins } from "../dist/registry.js";

const file = new URL("../dist/components.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(listComponents(builtins.plugins))}\n`);
