import { expect, it } from "vitest";
import { eventsOf } from "../src/events-of.js";
import { nextTurn } from "../src/next-turn.js";

const counting = (told: number[]) => async (tell: (event: number) => void) => {
  for (let i = 1; i <= 3; i++) {
    told.push(i);
    tell(i);
    await nextTurn();
  }
  return "done";
};

it("gives the events in their order, and then what the work returns", async () => {
  const events = eventsOf(counting([]));
  const seen: unknown[] = [];
  for (let next = await events.next(); ; next = await events.next()) {
    seen.push(next.value);
    if (next.done) break;
  }
  expect(seen).toEqual([1, 2, 3, "done"]);
});

it("throws what the work throws, after the events before it", async () => {
  const seen: number[] = [];
  const failing = async () => {
    for await (const event of eventsOf<number>(async (tell) => {
      tell(1);
      throw new Error("broken");
    })) {
      seen.push(event);
    }
  };
  await expect(failing()).rejects.toThrow("broken");
  expect(seen).toEqual([1]);
});

it("ends the work of a consumer that leaves at its next event", async () => {
  const told: number[] = [];
  for await (const event of eventsOf(counting(told))) if (event === 1) break;
  expect(told).toEqual([1, 2]);
});
