import { importInNode, nodeProcess } from "@em-stellar/kernels/backend";

/** An NVIDIA GPU of this machine; what is not known of it is absent. */
export interface NvidiaGpu {
  /** `NVIDIA H200`. */
  readonly name: string;
  /** All of its memory, in MiB. */
  readonly memoryMiB?: number;
  /** Version of the driver. */
  readonly driver?: string;
  /** `GPU-` and hexadecimal digits; CUDA knows it by this name too. */
  readonly uuid?: string;
}

/**
 * The NVIDIA GPUs of this machine, in the order in which CUDA numbers them by their places on the bus: those that `nvidia-smi`
 * lists or, where there is no such program, the driver of Linux. None in a browser.
 */
export async function listNvidiaGpus(): Promise<NvidiaGpu[]> {
  if (!nodeProcess()) return [];
  const listed = parseSmi(await askSmi());
  return listed.length > 0 ? listed : parseDriver(await readDriver());
}

/** `NVIDIA H200, 143771 MiB, driver 570.1`: what is known of it. */
export function describeGpu({ name, memoryMiB, driver }: NvidiaGpu): string {
  const parts = [name, memoryMiB !== undefined && `${memoryMiB} MiB`, driver !== undefined && `driver ${driver}`];
  return parts.filter((part) => part !== false).join(", ");
}

const columns = ["name", "memory.total", "driver_version", "uuid"];

/** What `nvidia-smi` says of each GPU, a line each, its columns as above. */
export function parseSmi(text: string): NvidiaGpu[] {
  const rows = text.split("\n").map((line) => line.split(",").map((value) => value.trim()));
  return rows
    .filter((row) => row.length >= 3) // without a driver it says a sentence
    .map(([name = "", memory = "", driver = "", uuid = ""]) => ({
      name,
      ...(/^\d+ MiB$/.test(memory) && { memoryMiB: Number.parseInt(memory, 10) }),
      ...(/^[\d.]+$/.test(driver) && { driver }),
      ...(uuid.startsWith("GPU-") && { uuid }),
    }));
}

/** What the driver of Linux says of each GPU, a file each. */
export function parseDriver(files: readonly string[]): NvidiaGpu[] {
  return files.flatMap((text) => {
    const name = /^Model:\s*(.+?)\s*$/m.exec(text)?.[1];
    const uuid = /^GPU UUID:\s*(GPU-[0-9a-f-]+)\s*$/m.exec(text)?.[1];
    return name === undefined ? [] : [{ name, ...(uuid !== undefined && { uuid }) }];
  });
}

/** What is used of node:child_process. */
interface ChildProcess {
  execFile(
    file: string,
    args: readonly string[],
    options: { readonly timeout: number },
    callback: (error: Error | null, stdout: string) => void,
  ): void;
}

async function askSmi(): Promise<string> {
  const { execFile } = (await importInNode("node:child_process")) as ChildProcess; // Node's own module
  const query = [`--query-gpu=${columns.join(",")}`, "--format=csv,noheader"];
  return new Promise((resolve) => {
    execFile("nvidia-smi", query, { timeout: 10_000 }, (error, stdout) => resolve(error ? "" : stdout));
  });
}

/** What is used of node:fs/promises. */
interface Files {
  readdir(folder: string): Promise<string[]>;
  readFile(file: string, encoding: "utf8"): Promise<string>;
}

/** The driver has a folder for each GPU, named after its place on the bus. */
async function readDriver(): Promise<string[]> {
  const { readdir, readFile } = (await importInNode("node:fs/promises")) as Files; // Node's own module
  const folder = "/proc/driver/nvidia/gpus";
  const places = await readdir(folder).catch(() => []);
  return Promise.all(places.sort().map((place) => readFile(`${folder}/${place}/information`, "utf8")));
}
