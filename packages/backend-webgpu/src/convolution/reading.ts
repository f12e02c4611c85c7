/** How the threads of a workgroup read a piece of both factors of a product. */
export interface Reading {
  readonly left: Reads;
  readonly right: Reads;
  readonly leftPerRow: number;
  readonly columnQuads: number;
  readonly isAlongTerms: boolean;
  readonly threads: number;
  /** WGSL that puts the vector `value` into workgroup memory, as the one number `at` of the piece. */
  keepLeft(at: string, value: string): string;
  keepRight(at: string, value: string): string;
}

/** How many vectors there are to read for a tile, and in how many rounds its threads read them. */
export interface Reads {
  readonly total: number;
  readonly count: number;
}

export function reads(total: number, threads: number): Reads {
  return { total, count: Math.ceil(total / threads) };
}

/** WGSL: what is declared and found before the loop; what is read of the next tiles; what puts them into workgroup memory. */
export interface ReadingCode {
  readonly declare: string;
  readonly find: string;
  readonly read: string;
  readonly keep: string;
}

/** Into registers, while the last tiles are multiplied. What a thread's reads have in common is found once: along terms they are of the same terms, along rows of the same rows. */
export function readAhead(reading: Reading): ReadingCode {
  const { left, right, leftPerRow, columnQuads, isAlongTerms, threads, keepLeft, keepRight } = reading;
  /** Runs `line` for the reads of a thread; those of the last round may be fewer than there are threads. */
  const each = ({ count, total }: Reads, line: (i: number, at: string) => string) =>
    lines(
      range(count).map((i) => {
        const at = i === 0 ? "thread" : `(thread + ${i * threads}u)`;
        const body = line(i, at);
        return (i + 1) * threads > total ? `if (${at} < ${total}u) { ${body} }` : body;
      }),
    );
  const readLeft = isAlongTerms
    ? [
        `let terms = findTerm(term + 4u * (thread % ${leftPerRow}u));`,
        each(left, (i) => `left${i} = left(place${i}, terms);`),
      ]
    : [each(left, (i, at) => `left${i} = left(place0, findTerm(term + ${at} / ${leftPerRow}u));`)];
  return {
    declare: lines([
      ...range(left.count).map((i) => `var left${i}: vec4<f32>;`),
      ...range(right.count).map((i) => `var right${i}: vec4<f32>;`),
      ...range(isAlongTerms ? left.count : 1).map((i) => `var place${i}: Row;`),
    ]),
    find: isAlongTerms
      ? each(left, (i, at) => `place${i} = findRow(firstRow + ${at} / ${leftPerRow}u);`)
      : `place0 = findRow(firstRow + 4u * (thread % ${leftPerRow}u));`,
    read: lines([
      ...readLeft,
      each(right, (i, at) => {
        const column = `firstColumn + 4u * (${at} % ${columnQuads}u)`;
        return `right${i} = right(term + ${at} / ${columnQuads}u, ${column});`;
      }),
    ]),
    keep: lines([each(left, (i, at) => keepLeft(at, `left${i}`)), each(right, (i, at) => keepRight(at, `right${i}`))]),
  };
}

export function readInLoops(reading: Reading): ReadingCode {
  const { left, right, leftPerRow, columnQuads, isAlongTerms, threads, keepLeft, keepRight } = reading;
  const [row, term] = isAlongTerms
    ? [`firstRow + i / ${leftPerRow}u`, `term + 4u * (i % ${leftPerRow}u)`]
    : [`firstRow + 4u * (i % ${leftPerRow}u)`, `term + i / ${leftPerRow}u`];
  const loop = (total: number) => `for (var i = thread; i < ${total}u; i += ${threads}u)`;
  return {
    declare: "",
    find: "",
    read: "",
    keep: `
${loop(left.total)} { ${keepLeft("i", `left(findRow(${row}), findTerm(${term}))`)} }
${loop(right.total)} { ${keepRight("i", `right(term + i / ${columnQuads}u, firstColumn + 4u * (i % ${columnQuads}u))`)} }`,
  };
}

export function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

export function lines(list: readonly string[]): string {
  return list.join("\n");
}
