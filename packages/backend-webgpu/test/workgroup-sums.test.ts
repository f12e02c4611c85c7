import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workgroupSums } from "../src/kernels/workgroup-sums.js";
import { runWorkgroup } from "./workgroup.js";

const inOrder = (threads: number) => Array.from({ length: threads }, (_, thread) => thread);

/** Columns and rows of at most 256 threads. */
const sides = fc
  .integer({ min: 1, max: 64 })
  .chain((columns) =>
    fc.record({ columns: fc.constant(columns), rows: fc.integer({ min: 1, max: Math.floor(256 / columns) }) }),
  );
const subgroupSizes = fc.constantFrom(4, 8, 16, 32, 64, 128);

describe("sums of a workgroup", () => {
  const sumsOfColumns = (columns: number, rows: number, values: readonly number[]) =>
    inOrder(columns).map((column) =>
      inOrder(rows).reduce((sum, row) => sum + (values[row * columns + column] ?? 0), 0),
    );

  it("are in the first row, in subgroups of any size and without", () => {
    fc.assert(
      fc.property(sides, subgroupSizes, fc.boolean(), ({ columns, rows }, lanes, subgroups) => {
        const values = inOrder(columns * rows).map((thread) => (thread * 7919) % 101);
        const { code } = workgroupSums(["total"], { columns, rows, subgroups });
        const workgroup = { columns, rows, lanes, order: inOrder(columns * rows) };
        const { totals } = runWorkgroup(code, workgroup, (thread) => values[thread] as number);
        expect(totals.slice(0, columns)).toEqual(sumsOfColumns(columns, rows, values));
      }),
    );
  });

  it("do not depend on which threads are together in a subgroup", () => {
    const grouped = sides.chain(({ columns, rows }) =>
      fc.record({
        ...{ columns: fc.constant(columns), rows: fc.constant(rows) },
        order: fc.shuffledSubarray(inOrder(columns * rows), { minLength: columns * rows }),
      }),
    );
    fc.assert(
      fc.property(grouped, subgroupSizes, ({ columns, rows, order }, lanes) => {
        const values = inOrder(columns * rows).map((thread) => (thread * 7919) % 101);
        const { code } = workgroupSums(["total"], { columns, rows, subgroups: true });
        const { totals } = runWorkgroup(code, { columns, rows, lanes, order }, (thread) => values[thread] as number);
        expect(totals.slice(0, columns)).toEqual(sumsOfColumns(columns, rows, values));
      }),
    );
  });

  it.each([
    { columns: 1, rows: 256, withSubgroups: 1, without: 9 },
    { columns: 4, rows: 64, withSubgroups: 1, without: 7 },
    { columns: 64, rows: 4, withSubgroups: 1, without: 3 },
    { columns: 3, rows: 85, withSubgroups: 8, without: 8 },
    { columns: 7, rows: 1, withSubgroups: 0, without: 0 },
  ])("of $rows rows of $columns wait $withSubgroups times with subgroups, $without times without", (each) => {
    const { columns, rows, withSubgroups, without } = each;
    const workgroup = { columns, rows, lanes: 32, order: inOrder(columns * rows) };
    const waits = (subgroups: boolean) =>
      runWorkgroup(workgroupSums(["total"], { columns, rows, subgroups }).code, workgroup, () => 1).waits;
    expect([waits(true), waits(false)]).toEqual([withSubgroups, without]);
  });
});
