import { bestFirst, type Goal } from "@em-stellar/core";
import { isSame } from "./rounding.js";

/**
 * Ranks of values from 1 for the best; equal values (up to rounding) share the mean of their places, and undefined values
 * share the last places.
 */
export function averageRanks(values: readonly (number | undefined)[], goal: Goal): number[] {
  const ranks: number[] = new Array(values.length).fill(0);
  for (const { first, last, members } of rankGroups(values, goal)) {
    for (const i of members) ranks[i] = (first + last) / 2;
  }
  return ranks;
}

/** Values that share the places from `first` to `last`. */
interface RankGroup {
  readonly first: number;
  readonly last: number;
  /** Indices of the values. */
  readonly members: readonly number[];
}

/** Values from the best on, those that are equal (up to rounding) together, undefined values together at the end. */
export function rankGroups(values: readonly (number | undefined)[], goal: Goal): RankGroup[] {
  const order = bestFirst(
    goal,
    values.map((value, i) => ({ value, i })),
    ({ value }) => value,
  );
  const groups: { first: number; last: number; members: number[] }[] = [];
  order.forEach(({ value, i }, place) => {
    const before = order[place - 1];
    const tied =
      before &&
      (before.value === undefined || value === undefined ? before.value === value : isSame(before.value, value));
    const group = groups.at(-1);
    if (group && tied) {
      group.members.push(i);
      group.last = place + 1;
    } else groups.push({ first: place + 1, last: place + 1, members: [i] });
  });
  return groups;
}
