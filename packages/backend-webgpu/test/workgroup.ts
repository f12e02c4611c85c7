/** A workgroup of `columns` times `rows` threads, in subgroups of `lanes`. */
interface Workgroup {
  readonly columns: number;
  readonly rows: number;
  readonly lanes: number;
  /** The thread in each lane of the first subgroup, then of the second and so on. */
  readonly order: readonly number[];
}

/** What a thread has come to, with its values: the barrier of the workgroup, or an operation of its subgroup. */
type Step = readonly [operation: string, value?: number, mask?: number];

type Thread = Generator<Step, number, unknown>;

/** Results by lane; a subgroup may lack some of its lanes. */
const operations: Readonly<Record<string, (steps: readonly Step[], lane: number) => unknown>> = {
  subgroupAny: (steps) => steps.some(([, value]) => value),
  subgroupAdd: (steps) => steps.reduce((sum, [, value]) => sum + Number(value), 0),
  subgroupShuffleXor: (steps, lane) => steps[lane ^ Number(steps[lane]?.[2])]?.[1],
};

/**
 * Runs WGSL that adds up the variable `total` in JavaScript, to which it is close, in subgroups of any size. Gives each thread's
 * total in the end, that was `start(thread)`, and how often the workgroup waited. Throws where the threads of a subgroup, or all
 * at a barrier, are not at the same step.
 */
export function runWorkgroup(
  code: string,
  { columns, rows, lanes, order }: Workgroup,
  start: (thread: number) => number,
) {
  const body = code
    .replace(/\b(\d+)u\b/g, "$1")
    .replace(/\/= 2\b/g, ">>= 1") // whole numbers
    .replace(/\bvar\b/g, "let")
    .replace(/\b(subgroup\w+|workgroupBarrier)\(((?:[^()]|\([^()]*\))*)\)/g, "(yield ['$1', $2])");
  const Program = Object.getPrototypeOf(function* () {}).constructor as new (
    ...text: string[]
  ) => (...values: unknown[]) => Thread; // a body of text has no type
  const program = new Program(
    ...["thread", "row", "lane", "lanes", "total", "totalParts", "V", "select"],
    `${body}\nreturn total;`,
  );
  const select = (no: unknown, yes: unknown, condition: unknown) => (condition ? yes : no);
  const parts: number[] = [];
  const running = order.map((thread, place) =>
    program(thread, Math.floor(thread / columns), place % lanes, lanes, start(thread), parts, Number, select),
  );
  let waits = 0;
  let steps = running.map((thread) => thread.next());
  while (steps.some(({ done }) => !done)) {
    const now = steps.map(({ done, value }) => (done ? "end" : (value as Step)[0]));
    const isBarrier = now.every((operation) => operation === "workgroupBarrier");
    if (isBarrier) waits++;
    const next = [...steps];
    for (let first = 0; first < order.length; first += lanes) {
      const [operation, ...others] = now.slice(first, first + lanes) as [string, ...string[]];
      if (others.some((other) => other !== operation)) throw new Error(`${operation} beside ${others}`);
      if (operation === "end" || (operation === "workgroupBarrier" && !isBarrier)) continue;
      const together = steps.slice(first, first + lanes).map(({ value }) => value as Step);
      for (const lane of together.keys())
        next[first + lane] = (running[first + lane] as Thread).next(operations[operation]?.(together, lane));
    }
    if (next.every((each, i) => each === steps[i])) throw new Error(`Not all come to the barrier: ${now}`);
    steps = next;
  }
  const totals = new Array<number>(columns * rows);
  for (const [place, thread] of order.entries()) totals[thread] = steps[place]?.value as number;
  return { totals, waits };
}
