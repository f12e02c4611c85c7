// Adds to package-lock.json the native binaries of other platforms which npm leaves out where a registry does not offer
// them. `npm ci` refuses a lockfile without them, on every platform. Run it after `npm install`; it changes nothing else.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./packages.mjs";

const file = join(root, "package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));
const same = (...words) => Object.fromEntries(words.map((word) => [word, word]));
const values = {
  os: { ...same("android", "darwin", "freebsd", "linux", "openbsd", "openharmony", "win32"), windows: "win32" },
  cpu: { ...same("arm", "arm64", "ia32", "loong64", "ppc64", "riscv64", "s390x", "x64"), 64: "x64" },
  libc: { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" },
};

for (const [path, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const read = (kind) => name.split(/[/-]/).flatMap((word) => values[kind][word] ?? [])[0];
    const [os, cpu, libc] = [read("os"), read("cpu"), read("os") === "linux" && read("libc")];
    const known = [`${path}/node_modules/${name}`, `node_modules/${name}`].some((place) => place in lock.packages);
    if (known || !os || !cpu || !/^\d/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(dev && { dev }),
      ...(libc && { libc: [libc] }),
      optional: true,
      os: [os],
    };
    console.log(`${name} ${version}`);
  }
}
const order = (a, b) => a.localeCompare(b, "en");
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => order(a, b)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
