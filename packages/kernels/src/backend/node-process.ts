/** The parts of Node's `process` that are used here. */
export interface NodeProcess {
  readonly platform: string;
  readonly pid: number;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly env: Record<string, string | undefined>;
  dlopen(module: { exports: object }, file: string): void;
}

/** Node's `process`; undefined in a browser, whatever a bundler calls `process` there. */
export function nodeProcess(): NodeProcess | undefined {
  const { process } = globalThis as { process?: Partial<NodeProcess> };
  return process?.versions?.node === undefined ? undefined : (process as NodeProcess);
}
