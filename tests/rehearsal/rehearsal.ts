import { execFile, spawn, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../workspace.js";

/** A command that failed, with all that it printed. */
function run(folder: string, env: NodeJS.ProcessEnv, command: string, parameters: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, {
    cwd: folder,
    env,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    timeout: 600_000,
  });
  if (status !== 0)
    throw new Error(`${command} ${parameters.join(" ")} (in ${folder})\n${error ?? ""}${stdout}${stderr}`);
  return stdout;
}

/** As {@link run}, while other things go on. */
export async function runBeside(folder: string, env: NodeJS.ProcessEnv, command: string, ...parameters: string[]) {
  const options = { cwd: folder, env, maxBuffer: 2 ** 26, timeout: 300_000 };
  try {
    return (await promisify(execFile)(command, parameters, options)).stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${parameters.join(" ")} (in ${folder})\n${error}\n${stdout}${stderr}`);
  }
}

/** The tools that only these tests need, installed into a folder of their own by the versions that are pinned beside this file. */
export function installTools(place: string): string {
  const folder = join(place, "tools");
  cpSync(join(root, "tests", "rehearsal", "tools"), folder, { recursive: true });
  run(folder, process.env, "npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"]);
  return folder;
}

/** A registry on 127.0.0.1. */
export async function startRegistry(tools: string): Promise<{ url: string; stop(): void }> {
  const upstream = run(root, process.env, "npm", ["config", "get", "registry"]).trim();
  const program = join(root, "tests", "rehearsal", "registry.mjs");
  const server = spawn(process.execPath, [program, tools, upstream], { stdio: ["pipe", "pipe", "inherit"] });
  const port = await new Promise<string>((resolve, reject) => {
    server.stdout.once("data", (text: Buffer) => resolve(text.toString().trim()));
    server.once("exit", () => reject(new Error("The registry did not start.")));
  });
  return { url: `http://127.0.0.1:${port}/`, stop: () => void server.stdin.end() };
}

/** What a stranger's machine has: nothing of the test runner's or of npm's settings. */
export function strangersEnv(place: string, registry: string): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  const { port } = new URL(registry);
  const npmrc = join(place, "npmrc");
  // npm asks for a token before it publishes; this registry takes any.
  writeFileSync(npmrc, `registry=${registry}\n//127.0.0.1:${port}/:_authToken=nobody\nfund=false\naudit=false\n`);
  return { PATH, HOME, TMPDIR: place, npm_config_userconfig: npmrc, npm_config_prefer_offline: "true", CI: "1" };
}

/** A copy of the repository from which packages are released as they would be. */
export class Copy {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  private constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.#env = { ...env, TURBO_TELEMETRY_DISABLED: "1" };
  }

  /** The copy that lies in a folder. */
  static at(folder: string, env: NodeJS.ProcessEnv): Copy {
    return new Copy(folder, env);
  }

  /** Copies what is here now, built as it is. */
  static make(place: string, env: NodeJS.ProcessEnv): Copy {
    const copy = new Copy(mkdtempSync(join(place, "repository-")), env);
    copy.#fill();
    return copy;
  }

  #fill(): void {
    const files = run(root, process.env, "git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    for (const file of new Set(files.split("\0"))) {
      if (file !== "" && existsSync(join(root, file))) cpSync(join(root, file), join(this.folder, file));
    }
    // What is built or generated, and ignored.
    for (const short of readdirSync(join(root, "packages"))) {
      for (const made of ["dist", "src/binaries"]) {
        const from = join(root, "packages", short, made);
        if (existsSync(from)) cpSync(from, join(this.folder, "packages", short, made), { recursive: true });
      }
    }
    this.#linkModules();
    for (const parameters of [
      ["init", "-q", "-b", "main"],
      ["add", "-A"],
      ["commit", "-qm", "As it is"],
    ])
      this.git(parameters);
  }

  /** Packages of our own lead into the copy, all others to where they are installed. */
  #linkModules(): void {
    const modules = join(this.folder, "node_modules");
    mkdirSync(join(modules, "@em-stellar"), { recursive: true });
    const names = this.manifests().map(({ name }) => name);
    for (const name of readdirSync(join(root, "node_modules"))) {
      if (name === "@em-stellar" || name === ".cache" || names.includes(name)) continue;
      symlinkSync(join(root, "node_modules", name), join(modules, name));
    }
    for (const { name, short } of this.manifests())
      symlinkSync(join(this.folder, "packages", short), join(modules, name));
  }

  git(parameters: readonly string[]): void {
    const identity = ["-c", "user.name=Rehearsal", "-c", "user.email=rehearsal@localhost"];
    run(this.folder, this.#env, "git", [...identity, ...parameters]);
  }

  npm(...parameters: string[]): string {
    const author = { GIT_AUTHOR_NAME: "Rehearsal", GIT_AUTHOR_EMAIL: "rehearsal@localhost" };
    const committer = { GIT_COMMITTER_NAME: "Rehearsal", GIT_COMMITTER_EMAIL: "rehearsal@localhost" };
    return run(this.folder, { ...this.#env, ...author, ...committer }, "npm", parameters);
  }

  manifests() {
    return readdirSync(join(this.folder, "packages"))
      .filter((short) => existsSync(join(this.folder, "packages", short, "package.json")))
      .map((short): Manifest & { short: string } => ({ short, ...this.read(`packages/${short}/package.json`) }));
  }

  // biome-ignore lint/suspicious/noExplicitAny: JSON of a form that the caller knows
  read(path: string): any {
    return JSON.parse(readFileSync(join(this.folder, path), "utf8"));
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** The versions of all packages by name. */
  versions(): Record<string, string> {
    return Object.fromEntries(this.manifests().map(({ name, version }) => [name, version]));
  }

  /** `npm run version`, and the packages that carry their version in their code built again. */
  raiseVersions(): void {
    const before = this.versions();
    this.npm("run", "version");
    const changed = this.manifests().filter(({ name, version }) => before[name] !== version);
    const carrying = changed.filter(({ short }) => {
      const sources = readdirSync(join(this.folder, "packages", short, "src"), { recursive: true, encoding: "utf8" });
      return sources.some((file) => /(^|[\\/])(plugin|version)\.ts$/.test(file));
    });
    // Building the code empties dist; the declarations are what they were.
    const dist = ({ short }: { short: string }) => join(this.folder, "packages", short, "dist");
    for (const each of carrying) renameSync(dist(each), `${dist(each)}-before`);
    if (carrying.length > 0) {
      this.npm("run", "--silent", "build:js", ...carrying.flatMap(({ name }) => ["--workspace", name]));
    }
    for (const each of carrying) {
      cpSync(`${dist(each)}-before`, dist(each), { recursive: true, filter: (path) => !/\.(js|js\.map)$/.test(path) });
      rmSync(`${dist(each)}-before`, { recursive: true });
    }
    this.git(["add", "-A"]);
    this.git(["commit", "-qm", "Versions"]);
  }

  /** Adds a line to a package's `index.ts`, and to what is built of it. */
  exportAlso(short: string, line: string): void {
    for (const file of ["src/index.ts", "dist/index.d.ts"]) {
      appendFileSync(join(this.folder, "packages", short, file), `\n${line}\n`);
    }
  }
}

/** What these tests read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, object>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** An empty folder of a stranger. */
export class Project {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(place: string, env: NodeJS.ProcessEnv, manifest: object = { private: true, type: "module" }) {
    this.folder = mkdtempSync(join(place, "project-"));
    this.#env = env;
    this.write("package.json", JSON.stringify(manifest));
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  install(...packages: string[]): void {
    this.run("npm", "install", ...packages);
  }

  run(command: string, ...parameters: string[]): string {
    return run(this.folder, this.#env, command, parameters);
  }

  /** What a command prints, whether or not it fails. */
  printed(command: string, ...parameters: string[]): string {
    const { stdout, stderr } = spawnSync(command, parameters, { cwd: this.folder, env: this.#env, encoding: "utf8" });
    return `${stdout}${stderr}`;
  }

  /** The folders in node_modules/@em-stellar. */
  ours(): string[] {
    return readdirSync(join(this.folder, "node_modules", "@em-stellar")).sort();
  }
}
