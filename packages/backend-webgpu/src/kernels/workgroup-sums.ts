/** How the threads of a workgroup lie: `thread` is in column `thread % columns` of row `thread / columns`. */
interface Layout {
  readonly columns: number;
  readonly rows: number;
  /** Whether the shader may use subgroups. */
  readonly subgroups: boolean;
}

/** Parts of a shader. */
interface WorkgroupSums {
  /** Before all else in it. */
  readonly directives: string;
  /** The memory of the workgroup. */
  readonly declarations: string;
  /** Parameters of its entry point, beside `thread`. */
  readonly parameters: string;
  /** Leaves in the threads of the first row, in each variable, the sum of the column. */
  readonly code: string;
}

/** WGSL that adds up variables of type V, of which each thread has its own, in an order that is the same at every run. */
export function workgroupSums(sums: readonly string[], { columns, rows, subgroups }: Layout): WorkgroupSums {
  if (sums.length === 0 || rows === 1) return { directives: "", declarations: "", parameters: "", code: "" };
  // Columns that are no power of two do not come round again in a subgroup.
  const bySubgroup = subgroups && Number.isInteger(Math.log2(columns));
  return {
    // The standard's analysis does not see that what subgroupAny says is the same in all threads of a subgroup.
    directives: bySubgroup ? "enable subgroups;\ndiagnostic(off, subgroup_uniformity);" : "",
    declarations: sums.map((sum) => `var<workgroup> ${sum}Parts: array<V, ${columns * rows}>;`).join("\n"),
    parameters: bySubgroup ? "@builtin(subgroup_invocation_id) lane: u32, @builtin(subgroup_size) lanes: u32" : "",
    code: `${sums.map((sum) => `${sum}Parts[thread] = ${sum};`).join("\n  ")}
  workgroupBarrier();
  ${bySubgroup ? bySubgroups(sums, columns, rows) : inPairs(sums, columns, rows)}`,
  };
}

/**
 * The subgroup that has the first row adds up: each of its lanes takes what lies a whole subgroup apart, then the lanes add up
 * what is of the same column. A subgroup has any power of two of lanes, and the standard says neither which threads they are
 * nor that none is missing. Where its lanes do not run through the columns over and over, each adds up its column alone.
 */
function bySubgroups(sums: readonly string[], columns: number, rows: number): string {
  return `if (subgroupAny(thread < ${columns}u)) {
    let own = thread % ${columns}u;
    let inTurn = subgroupAdd(select(0u, 1u, lane % ${columns}u == own)) == lanes;
    let together = inTurn & (lanes >= ${columns}u);
    let stride = select(${columns}u, lanes, together);
    ${sums.map((sum) => `${sum} = V(0);`).join("\n    ")}
    for (var part = select(own, lane, together); part < ${columns * rows}u; part += stride) {
      ${sums.map((sum) => `${sum} += ${sum}Parts[part];`).join("\n      ")}
    }
    for (var apart = ${columns}u; apart < stride; apart *= 2u) {
      ${sums.map((sum) => `${sum} += subgroupShuffleXor(${sum}, apart);`).join("\n      ")}
    }
  }`;
}

/** Rows are added up two by two, the workgroup waiting each time. */
function inPairs(sums: readonly string[], columns: number, rows: number): string {
  return `for (var half = ${2 ** Math.ceil(Math.log2(rows)) / 2}u; half > 0u; half /= 2u) {
    if (row < half && row + half < ${rows}u) {
      let other = thread + half * ${columns}u;
      ${sums.map((sum) => `${sum}Parts[thread] += ${sum}Parts[other];`).join("\n      ")}
    }
    workgroupBarrier();
  }
  ${sums.map((sum) => `${sum} = ${sum}Parts[thread];`).join("\n  ")}`;
}
