// `npm run bench [NAME...] [-- OPTION...]`: runs bench/*.bench.ts one after another, each in a process of its own, against the
// built packages. From the first argument with a dash on, all are for the benchmarks, such as --side 128 for `gpu`.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";

const folder = join(root, "bench");
const all = readdirSync(folder).filter((file) => file.endsWith(".bench.ts"));
const args = process.argv.slice(2);
const options = args.findIndex((argument) => argument.startsWith("-"));
const [wanted, passedOn] = options < 0 ? [args, []] : [args.slice(0, options), args.slice(options)];
const unknown = wanted.filter((name) => !all.includes(`${name}.bench.ts`));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(", ")}. There are: ${all.map((file) => file.split(".")[0]).join(", ")}.`);
  process.exit(1);
}

mkdirSync(join(folder, "results"), { recursive: true }); // where a benchmark leaves its numbers as JSON; git ignores it
for (const file of all) {
  if (wanted.length > 0 && !wanted.includes(file.split(".")[0])) continue;
  console.log(`\n${file}`);
  const { status } = spawnSync(process.execPath, ["--import", "jiti/register", join(folder, file), ...passedOn], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) process.exitCode = 1;
}
