// `npm start` before it starts: builds what has changed and says one line, or everything where a build fails.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./packages.mjs";

const began = Date.now();
process.stdout.write("Building the packages (seconds, and only what has changed) … ");
const turbo = join(root, "node_modules", "turbo", "bin", "turbo");
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [turbo, "run", "build:js", "--output-logs=errors-only"],
  {
    cwd: root,
    encoding: "utf8",
  },
);
console.log(status === 0 ? `done in ${Math.round((Date.now() - began) / 1000)} s.\n` : `failed.\n${stdout}${stderr}`);
process.exitCode = status ?? 1;
