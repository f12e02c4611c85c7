import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { whyMissing } from "./installed.js";
import { isAlive } from "./is-alive.js";
import { until } from "./until.js";

/** A Slurm of two nodes with two cores each, on this machine: one controller, two node daemons, munge; no systemd, no database. */
export interface SlurmCluster {
  /** What a program needs in its environment to use it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What a program of Slurm prints. */
  ask(program: string, ...args: string[]): string;
  /** Ends the controller at once, as a crash does. */
  killController(): Promise<void>;
  startController(): Promise<void>;
  /** Removes all that the controller, which is not running, knows of tasks. */
  loseRecords(): void;
  /** Ends the daemon of a node at once. Its tasks go on, and the controller cannot reach them: the network has split. */
  killNode(node: string): Promise<void>;
  startNode(node: string): Promise<void>;
  /** Takes a node out of service, as its administrator does. */
  takeDown(node: string): void;
  /** Puts back into service nodes that Slurm has drained itself, as it does, even a minute later, after a task that it could not end in order; but one. */
  undrain(except?: string): void;
  /** Cancels all tasks, so far as the controller answers. */
  cancelAll(): void;
  /** What is queued, and how the nodes are. */
  state(): string;
  /** Puts back into service whatever is out of it: also a node that Slurm has drained itself, having found a task on it that a killed controller had not yet noted. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Why there can be none here; undefined where there can. */
export function whyNoSlurm(): string | undefined {
  return whyMissing(["slurmctld", "slurmd", "sbatch", "munged"], { ...process.env, PATH: path });
}

/** Daemons lie in sbin, which is not on everybody's path. */
const path = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

export async function startSlurm(folder: string): Promise<SlurmCluster> {
  for (const name of ["run", "state", "spool", "log"]) mkdirSync(join(folder, name), { recursive: true });
  const [controllerPort, ...nodePorts] = await freePorts(3);
  const configuration = join(folder, "slurm.conf");
  writeFileSync(join(folder, "munge.key"), randomBytes(1024), { mode: 0o400 });
  writeFileSync(configuration, configurationOf(folder, controllerPort as number, nodePorts));
  const environment = { SLURM_CONF: configuration, PATH: path };
  const ask = (program: string, ...args: string[]) =>
    execFileSync(program, args, {
      encoding: "utf8",
      env: { ...process.env, ...environment },
      timeout: 30_000,
      stdio: ["ignore", "pipe", "pipe"],
    });
  const pidOf = (daemon: string) => Number(readFileSync(join(folder, "run", `${daemon}.pid`), "utf8"));
  const end = async (daemon: string, signal: NodeJS.Signals) => {
    if (!existsSync(join(folder, "run", `${daemon}.pid`))) return;
    const pid = pidOf(daemon);
    try {
      process.kill(pid, signal);
    } catch {
      return; // it has ended
    }
    await until(`${daemon} ends`, () => !isAlive(pid), 20);
  };
  const startController = async () => {
    ask("slurmctld");
    await until(
      "both nodes are up",
      () => ready(ask),
      30,
      () => logs(folder),
    );
  };
  const resume = async () => {
    const out = () =>
      ask("sinfo", "--noheader", "--Node", "--states=down,drain", "--format=%N").split("\n").filter(Boolean);
    for (const node of ready(ask) ? [] : out()) ask("scontrol", "update", `NodeName=${node}`, "State=RESUME");
    await until("both nodes are up", () => ready(ask), 60);
  };
  const undrain = (except?: string) => {
    const drained = ask("sinfo", "--noheader", "--Node", "--states=drain", "--format=%N").split("\n").filter(Boolean);
    for (const node of drained.filter((each) => each !== except)) {
      try {
        ask("scontrol", "update", `NodeName=${node}`, "State=RESUME");
      } catch {
        // it is not ready for that yet, and whoever waits asks again
      }
    }
  };
  const at = (name: string) => join(folder, name);
  const munge = [
    ...["--force", `--key-file=${at("munge.key")}`, `--socket=${at("run/munge.socket")}`],
    ...[`--pid-file=${at("run/munged.pid")}`, `--log-file=${at("log/munged.log")}`, `--seed-file=${at("run/seed")}`],
  ];
  const cancelAll = () => void ask("scancel", `--user=${userInfo().username}`);
  const stop = async () => {
    try {
      cancelAll();
      await until("tasks end", () => ask("squeue", "--noheader") === "", 20);
    } catch {
      // the controller is gone: node daemons end their tasks
    }
    for (const daemon of ["slurmctld", "slurmd-n1", "slurmd-n2", "munged"]) await end(daemon, "SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    ask("munged", ...munge);
    for (const node of ["n1", "n2"]) ask("slurmd", "-N", node);
    await startController();
  } catch (error) {
    const said = logs(folder);
    await stop();
    throw new Error(`Slurm does not start (${error}). ${said}`);
  }
  return {
    environment,
    ask,
    startController,
    resume,
    undrain,
    stop,
    state: () => ask("squeue", "--array") + ask("sinfo", "--Node", "--long"),
    cancelAll() {
      try {
        cancelAll();
      } catch {
        // the controller is gone, and the next trial says so
      }
    },
    async startNode(node) {
      ask("slurmd", "-N", node);
      await until(`${node} is up`, () => ready(ask), 60);
    },
    takeDown: (node) => void ask("scontrol", "update", `NodeName=${node}`, "State=DOWN", "Reason=trial"),
    killController: () => end("slurmctld", "SIGKILL"),
    killNode: (node) => end(`slurmd-${node}`, "SIGKILL"),
    loseRecords() {
      rmSync(at("state"), { recursive: true });
      mkdirSync(at("state"));
    },
  };
}

function ready(ask: SlurmCluster["ask"]): boolean {
  try {
    return ask("sinfo", "--noheader", "--states=idle,alloc,mix", "--format=%D").trim() === "2";
  } catch {
    return false; // the controller is not there yet
  }
}

function logs(folder: string): string {
  const log = join(folder, "log", "slurmctld.log");
  return existsSync(log) ? readFileSync(log, "utf8").slice(-2000) : "";
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port); // it listens on TCP
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

function configurationOf(folder: string, port: number, [first, second]: readonly number[]): string {
  const user = userInfo().username;
  const node = (name: string, at: number | undefined) =>
    `NodeName=${name} NodeHostname=localhost NodeAddr=127.0.0.1 Port=${at} CPUs=2 RealMemory=2000`;
  return `ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/run/munge.socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,batch_sched_delay=0,sched_interval=1,bf_interval=1
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=3
SlurmdTimeout=10
MinJobAge=600
MaxArraySize=4
JobRequeue=1
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool/%n
SlurmctldPidFile=${folder}/run/slurmctld.pid
SlurmdPidFile=${folder}/run/slurmd-%n.pid
SlurmctldLogFile=${folder}/log/slurmctld.log
SlurmdLogFile=${folder}/log/slurmd-%n.log
MailProg=/bin/true
${node("n1", first)}
${node("n2", second)}
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=60 State=UP
`;
}
