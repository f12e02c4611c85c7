import { BadOptionError, defineComponent, defineEnsemble, isFactory } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

const vote = defineEnsemble({
  id: "vote",
  summary: "A vote.",
  citation: "Somebody (2020)",
  defaults: { top: 5, weights: null, ids: ["a"], strict: true, by: "f1", nested: { a: 1 } },
  check: ({ top }) => (top >= 1 ? undefined : `needs at least 1 for "top", but was given ${top}.`),
  combine: ([first]) => first as NonNullable<typeof first>,
});
/** Gives options as a suite file would: without TypeScript. */
const given = (options: object) => () => vote(options);

describe("options", () => {
  it("are the defaults with what was given put over them", () => {
    expect(vote({ top: 3 }).options).toEqual({
      top: 3,
      weights: null,
      ids: ["a"],
      strict: true,
      by: "f1",
      nested: { a: 1 },
    });
    expect(vote().options).toEqual(vote.defaults);
    expect(vote.defaults.top).toBe(5);
  });

  it("cannot be changed afterwards", () => {
    expect(() => Object.assign(vote().options, { top: 1 })).toThrow(TypeError);
  });

  it("null switches off, and an option that is off by default takes any value", () => {
    expect(vote({ strict: null as never }).options).toMatchObject({ strict: null });
    expect(vote({ weights: [1, 2] as never }).options).toMatchObject({ weights: [1, 2] });
  });

  it.each([
    [
      { tpo: 3 },
      'ensemble "vote" has no option "tpo". Did you mean "top"? Available: by, ids, nested, strict, top, weights.',
    ],
    [{ threshold: 3 }, 'ensemble "vote" has no option "threshold". Available: by, ids, nested, strict, top, weights.'],
    [{ top: "3" }, 'ensemble "vote" needs a number for "top", but was given "3".'],
    [{ top: Number.NaN }, 'ensemble "vote" needs a finite number for "top", but was given NaN.'],
    [{ top: undefined }, 'ensemble "vote" needs a number for "top", but was given undefined.'],
    [{ ids: "a" }, 'ensemble "vote" needs a list for "ids", but was given "a".'],
    [{ ids: { a: 1 } }, 'ensemble "vote" needs a list for "ids", but was given {"a":1}.'],
    [{ nested: [1] }, 'ensemble "vote" needs an object for "nested", but was given [1].'],
    [{ strict: 1 }, 'ensemble "vote" needs a boolean for "strict", but was given 1.'],
    [{ top: 0 }, 'ensemble "vote" needs at least 1 for "top", but was given 0.'],
  ])("%j is refused", (options, message) => {
    expect(given(options)).toThrow(new BadOptionError("ensemble", "vote", message.replace('ensemble "vote" ', "")));
    expect(given(options)).toThrow(message);
  });

  it("of a component that has none", () => {
    const plain = defineEnsemble({ ...vote, id: "plain", summary: "", defaults: {}, combine: () => ({}) as never });
    expect(() => plain({ top: 1 } as never)).toThrow('ensemble "plain" has no option "top". It takes none.');
  });
});

it("a factory says what it makes before it makes it", () => {
  expect([vote.kind, vote.id, vote.summary, vote.citation]).toEqual(["ensemble", "vote", "A vote.", "Somebody (2020)"]);
  expect(vote()).toMatchObject({ kind: "ensemble", id: "vote" });
  expect(isFactory(vote)).toBe(true);
  expect([vote(), () => 0, null, { kind: "ensemble", id: "vote", defaults: {} }].map(isFactory)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it("a kind of one's own is made the way built-in kinds are", () => {
  const shout = defineComponent("greeting", { id: "shout", summary: "Loud.", defaults: { times: 1 } }, ({ times }) => ({
    greet: () => `hey${"!".repeat(times)}`,
  }));
  expect(shout({ times: 3 })).toMatchObject({ kind: "greeting", id: "shout", options: { times: 3 } });
});
