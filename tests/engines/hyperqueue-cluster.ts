import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../workspace.js";
import { installed, whyMissing } from "./installed.js";
import { isAlive } from "./is-alive.js";
import { until } from "./until.js";

/**
 * A HyperQueue with two workers of two cores each, on this machine. It listens on every address, so it has a network of its own
 * that nothing else can reach. Where `hq` is installed it is that one, else the one of PyPI, whose workers are part of the server.
 */
export interface HyperQueueCluster {
  readonly environment: Readonly<Record<string, string>>;
  /** Ends server and workers at once; their records are lost. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends the first worker at once. Only with `hq`. */
  killWorker(): Promise<void>;
  stop(): Promise<void>;
}

const python = installed("python/bin/python");

/** Whether the command `hq` is on the path. */
export const hasHq = whyMissing(["hq"], process.env) === undefined;

/** Why there can be none here; undefined where there can. */
export function whyNoHyperQueue(): string | undefined {
  return whyMissing(["unshare", "nsenter", "ip", ...(hasHq ? [] : [python])], process.env);
}

export async function startHyperQueue(folder: string): Promise<HyperQueueCluster> {
  const server = join(folder, "server");
  const [bin, own] = [join(folder, "bin"), join(folder, "hq")];
  mkdirSync(bin, { recursive: true });
  const network = await startNetwork();
  const real = hasHq
    ? execFileSync("sh", ["-c", "command -v hq"], { encoding: "utf8" }).trim()
    : `${python} ${join(root, "tests/engines/hq.py")}`;
  const inside = `nsenter --target=${network.pid} ${namespaces} --preserve-credentials`;
  writeFileSync(own, `#!/bin/sh\nexec ${real} "$@"\n`);
  writeFileSync(join(bin, "hq"), `#!/bin/sh\nexec ${inside} ${own} "$@"\n`);
  for (const file of [own, join(bin, "hq")]) chmodSync(file, 0o755);
  const environment = { HQ_SERVER_DIR: server, PATH: `${bin}:${process.env.PATH}` };
  const log = join(folder, "log");
  const programs: ChildProcess[] = [];
  const launch = (...args: string[]) => {
    const output = openSync(log, "a");
    const env = { ...process.env, ...environment };
    programs.push(spawn(join(bin, "hq"), args, { stdio: ["ignore", output, output], env })); // nsenter and the rest take its place
  };
  const end = async (which: readonly ChildProcess[]) => {
    for (const program of which) program.kill("SIGKILL");
    await until("HyperQueue ends", () => which.every(({ pid }) => !isAlive(pid as number)), 20);
  };
  const start = async () => {
    rmSync(server, { recursive: true, force: true });
    mkdirSync(server);
    if (hasHq) {
      launch("server", "start", "--host=127.0.0.1");
      await until("the server is up", () => existsSync(join(server, "hq-current")), 20, said);
      for (const _ of [1, 2]) launch("worker", "start", "--cpus=2", "--hostname=127.0.0.1");
    } else launch("serve", "2", "2");
    await until("the workers are up", () => (hasHq ? workersUp() : existsSync(join(server, "ready"))), 30, said);
  };
  const said = () => (existsSync(log) ? readFileSync(log, "utf8").slice(-2000) : "");
  const workersUp = () => said().split("Hostname").length > 2 || said().split("Worker ID").length > 2;
  const kill = () => end(programs.splice(0));
  const stop = async () => {
    await kill();
    network.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return { environment, kill, start, stop, killWorker: () => end(programs.splice(1, 1)) };
}

const namespaces = process.getuid?.() === 0 ? "--net --uts" : "--user --net --uts";

/** A process with a network of its own, which has only 127.0.0.1. */
async function startNetwork(): Promise<ChildProcess> {
  const rights = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const script = "hostname localhost && ip link set lo up && echo ready && exec sleep 3600";
  const child = spawn("unshare", [...rights, "--net", "--uts", "sh", "-c", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (text += part));
  await until(
    "a network is made",
    () => text.includes("ready"),
    10,
    () => text,
  );
  return child;
}
