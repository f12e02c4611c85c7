/**
 * Compiles the kernels in `assembly/` to WebAssembly, once for each kind of machine, and writes each as a module that holds
 * the bytes: `src/binaries/<variant>.ts` (ignored by git). So the package needs no file beside its code, in Node, in a
 * bundle and in a test that runs from the sources. Does nothing where what is there was made from the same sources.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const packageRoot = join(dirname(fileURLToPath(import.meta.url)), "..");
const sources = join(packageRoot, "assembly");
const target = join(packageRoot, "src/binaries");

/** Relaxed SIMD has a fused multiply-add; shared memory is part of a module's type, so that threads need binaries of their own. */
const variants = {
  simd: [],
  relaxed: ["relaxed-simd"],
  "simd-threads": ["threads"],
  "relaxed-threads": ["relaxed-simd", "threads"],
};

const fingerprint = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
const files = readdirSync(sources, { recursive: true }).filter((name) => name.endsWith(".ts"));
for (const name of files.sort()) fingerprint.update(name).update(readFileSync(join(sources, name)));
const line = `// From the sources in assembly/ with SHA-256 ${fingerprint.digest("hex")}; made by scripts/build-kernels.mjs.`;

const stale = Object.keys(variants).filter((name) => {
  const file = join(target, `${name}.ts`);
  return !existsSync(file) || !readFileSync(file, "utf8").startsWith(line);
});
if (stale.length > 0) {
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(target, { recursive: true });
  for (const name of stale) {
    const file = join(target, `${name}.ts`);
    const bytes = await compile(asc, variants[name]);
    const written = `${file}.${process.pid}`;
    writeFileSync(written, `${line}\nexport default "${Buffer.from(bytes).toString("base64")}";\n`);
    renameSync(written, file);
  }
}

async function compile(asc, features) {
  const threads = features.includes("threads");
  let binary;
  const { error, stderr } = await asc.main(
    [
      threads ? "index-threads.ts" : "index.ts",
      "--outFile",
      "kernels.wasm",
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--importMemory",
      "--initialMemory",
      "1",
      "--maximumMemory",
      "65536",
      ...(threads ? ["--sharedMemory"] : []),
      ...["simd", ...features].flatMap((feature) => ["--enable", feature]),
    ],
    {
      readFile: (name, base) => {
        const file = join(sources, base === "." ? "" : base, name);
        return existsSync(file) ? readFileSync(file, "utf8") : null;
      },
      writeFile: (name, contents) => {
        if (name === "kernels.wasm") binary = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`The kernels do not compile:\n${stderr.toString()}`);
  // Static data would land on what tfjs keeps at the same addresses.
  if (sectionsOf(binary).includes(11))
    throw new Error("The kernels hold static data: keep strings and arrays out of assembly/.");
  return binary;
}

/** The ids of a WebAssembly binary's sections. */
function sectionsOf(binary) {
  const ids = [];
  let at = 8;
  while (at < binary.length) {
    ids.push(binary[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      size |= (byte & 127) << shift;
      if (byte < 128) break;
    }
    at += size;
  }
  return ids;
}
