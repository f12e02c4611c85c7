/**
 * Compiles the kernels in `assembly/` to WebAssembly, once for each kind of machine, and writes each as a module that holds
 * the bytes: `src/binaries/<variant>.ts` (ignored by git). So the package needs no file beside its code, in Node, in a
 * bundle and in a test that runs from the sources. Does nothing where what is there was made from the same sources.
 *
 * A kernel is an exported function of `(args, part, parts)`, or of `(args)` where it does not fall into parts, whose comment
 * ends with `@args` and the names of what lies at `args`. From these come the kernels' numbers: the module `./jobs` that
 * assembly/index.ts imports, and `src/binaries/jobs.ts`, through which they are called by name with named arguments.
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

/** The largest number of arguments that src/compiled-module.ts has room for. */
const mostArguments = 32;

const fingerprint = createHash("sha256").update(readFileSync(fileURLToPath(import.meta.url)));
const files = readdirSync(sources, { recursive: true }).filter((name) => name.endsWith(".ts"));
const texts = new Map(files.sort().map((name) => [name, readFileSync(join(sources, name), "utf8")]));
for (const [name, text] of texts) fingerprint.update(name).update(text);
const line = `// From the sources in assembly/ with SHA-256 ${fingerprint.digest("hex")}; made by scripts/build-kernels.mjs.`;

const stale = ["jobs", ...Object.keys(variants)].filter((name) => {
  const file = join(target, `${name}.ts`);
  return !existsSync(file) || !readFileSync(file, "utf8").startsWith(line);
});
if (stale.length > 0) {
  const jobs = [...texts].flatMap(([name, text]) => jobsIn(name, text));
  refuseUnused(jobs);
  const { default: asc } = await import("assemblyscript/asc");
  mkdirSync(target, { recursive: true });
  for (const name of stale) {
    const file = join(target, `${name}.ts`);
    const written = `${file}.${process.pid}`;
    writeFileSync(written, `${line}\n${name === "jobs" ? callerOf(jobs) : await moduleOf(asc, jobs, variants[name])}`);
    renameSync(written, file);
  }
}

/** The kernels of a file: what the build needs to know of each. */
function jobsIn(file, text) {
  const heads =
    /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*export function (\w+)\(args: usize(, part: i32, parts: i32)?\): void \{([\s\S]*?)\n\}\n/g;
  const found = [...text.matchAll(heads)].map(([, comment, name, parts, body]) => {
    const [, listed] = /@args ((?:[\w\s*])+)/.exec(comment) ?? [];
    if (listed === undefined) throw new Error(`${file}: the comment of ${name} ends without @args and its arguments.`);
    const args = listed.split(/[\s*]+/).filter((word) => word !== "");
    const last = Math.max(...[...body.matchAll(/\(args, (\d+)\)/g)].map(([, index]) => Number(index)));
    if (last >= args.length)
      throw new Error(`${file}: ${name} reads an argument ${last}, but @args names ${args.length}.`);
    if (args.length > mostArguments) throw new Error(`${file}: ${name} has more than ${mostArguments} arguments.`);
    if (new Set(args).size < args.length) throw new Error(`${file}: ${name} has two arguments of one name.`);
    const [sentence] = comment
      .replaceAll(/\s*\n \* ?/g, " ")
      .trim()
      .split(/ @args /);
    return { file, name, args, whole: parts === undefined, comment: sentence };
  });
  const kernels = [...text.matchAll(/export function (\w+)\(args: usize(?:\)|, part)/g)].map(([, name]) => name);
  const lost = kernels.find((name) => !found.some((job) => job.name === name));
  if (lost)
    throw new Error(
      `${file}: ${lost} takes args, but is no kernel: it lacks a comment with @args, or its parameters differ.`,
    );
  return found;
}

/** Every kernel is called, and every other function that a file exports is used by another file. */
function refuseUnused(jobs) {
  const folder = join(packageRoot, "src/compiled");
  const callers = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
  for (const { file, name } of jobs) {
    if (!callers.some((code) => code.includes(`.jobs.${name}(`)))
      throw new Error(`${file}: nothing in src/compiled calls jobs.${name}. Remove it.`);
  }
  for (const [file, text] of texts) {
    if (file.startsWith("index")) continue;
    for (const [, name] of text.matchAll(/^export (?:function|const enum|const|enum|namespace) (\w+)/gm)) {
      const imported = new RegExp(`^(?:import|export) \\{[^}]*\\b${name}\\b[^}]*\\} from`, "m");
      const used = [...texts].some(([other, code]) => other !== file && imported.test(code));
      if (!used && !jobs.some((job) => job.name === name))
        throw new Error(`${file}: no other file uses ${name}. Do not export it, or remove it.`);
    }
  }
}

/** AssemblyScript: one part of a kernel by its number. Parts write to different places, so that threads can run them at once. */
function dispatcherOf(jobs) {
  const imports = jobs.map(({ name, file }) => `import { ${name} } from "./${file.replace(/\.ts$/, "")}";`);
  const cases = jobs.map(
    ({ name, whole }, number) => `    case ${number}: ${name}(${whole ? "args" : "args, part, parts"}); break;`,
  );
  return `${imports.join("\n")}

export function job(kind: i32, args: usize, part: i32, parts: i32): void {
  switch (kind) {
${cases.join("\n")}
  }
}
`;
}

/** TypeScript: the kernels by name, with named arguments. */
function callerOf(jobs) {
  const members = jobs.map(
    ({ name, args, comment }) =>
      `  /** ${comment} */\n  ${name}(given: Readonly<Record<${args.map((arg) => `"${arg}"`).join(" | ")}, number>>): void;`,
  );
  const calls = jobs.map(
    ({ name, args, whole }, number) =>
      `    ${name}: (given) => ${whole ? "runWhole" : "run"}(${number}, [${args.map((arg) => `given.${arg}`).join(", ")}]),`,
  );
  return `
/** The kernels, with their arguments: addresses, counts and single-precision values. */
export interface Jobs {
${members.join("\n")}
}

type Run = (job: number, args: readonly number[]) => void;

/** The kernels on top of two functions that run one by its number: \`run\` in parts, \`runWhole\` one that does not fall into parts. */
export function jobsOn(run: Run, runWhole: Run): Jobs {
  return {
${calls.join("\n")}
  };
}
`;
}

async function moduleOf(asc, jobs, features) {
  const bytes = await compile(asc, jobs, features);
  return `export default "${Buffer.from(bytes).toString("base64")}";\n`;
}

async function compile(asc, jobs, features) {
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
        if (name === "jobs.ts") return dispatcherOf(jobs);
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
