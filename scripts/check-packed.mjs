// Looks at each package as a stranger receives it: publint and "are the types wrong?" on the packed tarballs.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { wrongSizes } from "./package-sizes.mjs";
import { packAll, root } from "./packages.mjs";

const folder = mkdtempSync(join(tmpdir(), "em-stellar-packed-"));
let failed = 0;
try {
  const tarballs = packAll(folder);
  for (const problem of wrongSizes(tarballs)) {
    console.log(`failed  ${problem}: node scripts/package-sizes.mjs`);
    failed++;
  }
  for (const [name, tarball] of tarballs) {
    const problems = [
      run("publint", ["run", tarball, "--strict", "--pack", "false"]),
      run("attw", [tarball, "--profile", "esm-only", "--no-emoji", "--no-color"]),
    ].filter((output) => output !== undefined);
    console.log(problems.length === 0 ? `ok      ${name}` : `failed  ${name}\n${problems.join("\n")}`);
    failed += problems.length;
  }
} finally {
  rmSync(folder, { recursive: true });
}
process.exitCode = failed === 0 ? 0 : 1;

/** What a tool of the repository has to say, or undefined where it is content. */
function run(tool, parameters) {
  const { status, stdout, stderr } = spawnSync(join(root, "node_modules", ".bin", tool), parameters, {
    encoding: "utf8",
  });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}
