// Writes the size of each packed package into the table of README.md: node scripts/package-sizes.mjs
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packAll, root } from "./packages.mjs";

const readme = join(root, "README.md");
const row = /^\| \[([^\]]+)\]\(packages\/[^)]+\)( *\|.*\| *)([\d.]+ [kM]B)( *\|)$/gm;

/** A size as the table shows it. */
function shownSize(bytes) {
  return bytes < 999_500 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Sizes in README.md that are wrong by more than a fifth and 2 kB, or are missing, for packed packages by name. */
export function wrongSizes(tarballs) {
  const shown = new Map([...readFileSync(readme, "utf8").matchAll(row)].map(([, name, , size]) => [name, size]));
  return [...tarballs].flatMap(([name, tarball]) => {
    const { size } = statSync(tarball);
    const said = shown.get(name);
    const bytes = Number.parseFloat(said) * (said?.endsWith("MB") ? 1e6 : 1000);
    const isRight = Math.abs(bytes - size) <= Math.max(size / 5, 2000);
    return isRight ? [] : [`README.md says ${said ?? "nothing"} of ${name}, and it is ${shownSize(size)}`];
  });
}

if (process.argv[1] === import.meta.filename) {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-sizes-"));
  try {
    const tarballs = packAll(folder);
    const text = readFileSync(readme, "utf8").replace(row, (line, name, before, size, after) => {
      const tarball = tarballs.get(name);
      const [, link] = /\((packages\/[^)]+)\)/.exec(line);
      return tarball
        ? `| [${name}](${link})${before}${shownSize(statSync(tarball).size).padStart(size.length)}${after}`
        : line;
    });
    writeFileSync(readme, text);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
