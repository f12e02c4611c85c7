/**
 * Puts the real @tensorflow/tfjs-node into this repository where npm cannot download TensorFlow's library. The library comes
 * out of the wheel `tensorflow-cpu` of PyPI, which exports the same C interface; the binding is compiled against it. All of it
 * lies in .tfjs-node, which git ignores, and a link in node_modules lets Node find it: package.json and package-lock.json stay
 * as they are. Does only what is not done yet. `node scripts/build-tfjs-node.mjs`, and with `--unlink` it is out of the way
 * again. Linux on x86-64; docs/backends.md says more.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./packages.mjs";

const pinned = {
  tfjs: "4.22.0",
  nodeGyp: "12.4.0",
  /** The newest that works, tried with all conformance tests. */
  tensorflow: "2.21.0",
  wheel: "sha256:2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
};
const home = join(root, ".tfjs-node");
const scope = join(home, "node_modules", "@tensorflow");
const tfjsNode = join(scope, "tfjs-node");
const binding = join(tfjsNode, "lib", "napi-v8", "tfjs_binding.node");
const stamp = join(home, "built.json");
const link = join(root, "node_modules", "@tensorflow", "tfjs-node");

if (process.argv.includes("--unlink")) unlink();
else {
  requireMachine();
  if (isBuilt()) console.log(`· ${relative(root, binding)} is built already.`);
  else {
    installPackage();
    unpackLibrary();
    compileBinding();
    writeFileSync(stamp, JSON.stringify(pinned));
  }
  linkPackage();
  tryIt();
}

/** Ends the program with what is wrong and what would mend it. */
function fail(problem, remedy) {
  console.error(`error: ${problem}\n${remedy}`);
  process.exit(1);
}

/** Runs a command quietly; where it fails, the end of what it wrote is shown. */
function run(command, args, cwd, remedy) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status === 0) return stdout;
  const said = `${stdout ?? ""}${stderr ?? ""}`.trimEnd().split("\n").slice(-15).join("\n");
  fail(`${command} ${args.join(" ")} failed (${error?.message ?? `status ${status}`}):\n${said}`, remedy);
}

function requireMachine() {
  const { platform, arch, versions } = process;
  if (platform !== "linux" || arch !== "x64") {
    fail(
      `This script is for Linux on x86-64; here is ${platform} on ${arch}.`,
      "Elsewhere: npm install @tensorflow/tfjs-node",
    );
  }
  if (Number.parseInt(versions.node, 10) >= 23) {
    fail(`@tensorflow/tfjs-node ${pinned.tfjs} does not work on Node ${versions.node}.`, "Use Node 20 or 22.");
  }
  for (const [command, args] of [
    ["python3", ["-m", "pip", "--version"]],
    ["make", ["--version"]],
    ["g++", ["--version"]],
  ]) {
    if (spawnSync(command, args).status !== 0) {
      fail(`${command} ${args.join(" ")} does not work.`, "On Debian and Ubuntu: apt-get install python3-pip make g++");
    }
  }
  const core = versionOf(join(root, "node_modules", "@tensorflow", "tfjs-core"));
  if (core !== pinned.tfjs) fail(`tfjs-core is ${core ?? "missing"} here, not ${pinned.tfjs}.`, "Run npm ci first.");
}

function versionOf(folder) {
  const manifest = join(folder, "package.json");
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")).version : undefined;
}

function isBuilt() {
  return existsSync(binding) && existsSync(stamp) && readFileSync(stamp, "utf8") === JSON.stringify(pinned);
}

function installPackage() {
  console.log(`· Installing @tensorflow/tfjs-node ${pinned.tfjs} in .tfjs-node, without its install script …`);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  const dependencies = { "@tensorflow/tfjs-node": pinned.tfjs, "node-gyp": pinned.nodeGyp };
  writeFileSync(join(home, "package.json"), JSON.stringify({ private: true, dependencies }));
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  run("npm", args, home, "npm must reach its registry.");
  // Node then finds this repository's copies, one folder up: there must be one of tfjs-core, with one registry of kernels.
  for (const name of readdirSync(join(root, "node_modules", "@tensorflow"))) {
    if (name !== "tfjs-node") rmSync(join(scope, name), { recursive: true, force: true });
  }
}

/** The libraries and those of TensorFlow's headers that the binding includes, out of the wheel into tfjs-node's deps. */
function unpackLibrary() {
  console.log(`· Downloading tensorflow-cpu ${pinned.tensorflow} (274 MB; 850 MB unpacked) …`);
  const requirements = join(home, "requirements.txt");
  writeFileSync(requirements, `tensorflow-cpu==${pinned.tensorflow} --hash=${pinned.wheel}\n`);
  const target = ["--platform", "manylinux_2_27_x86_64", "--python-version", "3.11", "--implementation", "cp"];
  const only = ["--only-binary=:all:", "--no-deps", "--require-hashes", "-r", requirements];
  const pip = ["-m", "pip", "download", "--disable-pip-version-check", ...target, ...only, "-d", join(home, "wheel")];
  run("python3", pip, home, "pip must reach PyPI, or a mirror that its configuration names.");
  const deps = join(tfjsNode, "deps");
  const unpack = `
import pathlib, shutil, sys, zipfile
wheel, deps = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
headers = ("tensorflow/c/", "tensorflow/core/platform/", "tsl/platform/", "xla/tsl/c/")
archive = zipfile.ZipFile(next(wheel.glob("*.whl")))
for name in archive.namelist():
    inside = name.removeprefix("tensorflow/include/")
    if name in ("tensorflow/libtensorflow_cc.so.2", "tensorflow/libtensorflow_framework.so.2"):
        target = deps / "lib" / name.removeprefix("tensorflow/")
    elif inside != name and inside.startswith(headers) and inside.endswith(".h"):
        target = deps / "include" / inside
    else:
        continue
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(name) as source, open(target, "wb") as copy:
        shutil.copyfileobj(source, copy, 2**20)
`;
  run("python3", ["-c", unpack, join(home, "wheel"), deps], home, "1.2 GB must be free for it.");
  // Under the names that tfjs-node links.
  symlinkSync("libtensorflow_cc.so.2", join(deps, "lib", "libtensorflow.so"));
  symlinkSync("libtensorflow_framework.so.2", join(deps, "lib", "libtensorflow_framework.so"));
  rmSync(join(home, "wheel"), { recursive: true });
}

function compileBinding() {
  console.log("· Compiling the binding …");
  const prefix = join(dirname(process.execPath), "..");
  // Node comes with its headers, but for some distributions; node-gyp would download them.
  const headers = existsSync(join(prefix, "include", "node", "node_api.h")) ? [`--nodedir=${prefix}`] : [];
  // What node-pre-gyp would pass on from the package.json of tfjs-node.
  const module = ["--module_name=tfjs_binding", `--module_path=${dirname(binding)}`, "--napi_build_version=8"];
  const gyp = join(home, "node_modules", "node-gyp", "bin", "node-gyp.js");
  const args = [gyp, "rebuild", ...headers, ...module, `--napi_version=${process.versions.napi}`];
  run(
    process.execPath,
    args,
    tfjsNode,
    "It needs a C++ compiler, make, and Node's headers or the network to fetch them.",
  );
}

/** Whether there is a link of this script, something else, or nothing at the package's place. */
function linked() {
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (!found) return "nothing";
  return found.isSymbolicLink() && join(dirname(link), readlinkSync(link)) === tfjsNode ? "ours" : "another";
}

function linkPackage() {
  const state = linked();
  if (state === "another") {
    fail(
      "Another @tensorflow/tfjs-node is installed in node_modules.",
      "npm uninstall it first, if this one is wanted.",
    );
  }
  if (state === "nothing") symlinkSync(relative(dirname(link), tfjsNode), link, "dir");
  console.log(
    "· node_modules/@tensorflow/tfjs-node is a link to it. `npm install` takes the link away; run this again then.",
  );
}

function unlink() {
  if (linked() !== "ours") return console.log("There is no link of this script.");
  rmSync(link);
  console.log("The link in node_modules is gone; .tfjs-node stays, and the next run only links it again.");
}

function tryIt() {
  const program = `
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-node";
if (tf.getBackend() !== "tensorflow") throw new Error("It came with another copy of tfjs-core.");
console.log(tf.mul(6, 7).dataSync()[0], tf.backend().binding.TF_Version);`;
  const remedy = "Remove .tfjs-node and run this again.";
  const said = run(process.execPath, ["--input-type=module", "-e", program], root, remedy).trim();
  if (said !== `42 ${pinned.tensorflow}`) fail(`It says "${said}", not "42 ${pinned.tensorflow}".`, remedy);
  console.log(`✓ TensorFlow ${pinned.tensorflow} computes. Try: npx em-stellar doctor`);
}
