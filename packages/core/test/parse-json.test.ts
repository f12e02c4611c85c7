import { encodeText, InputError, memoryStore, parseJson, readJson } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

const nested = (levels: number) => encodeText("[".repeat(levels) + "]".repeat(levels));

describe("parseJson", () => {
  it("gives the value", () => {
    expect(parseJson(encodeText('{"a": [1, "µ"]}'), "a.json")).toEqual({ a: [1, "µ"] });
    expect(parseJson(nested(200), "a.json")).toHaveLength(1);
  });

  it.each([
    ["cut off", encodeText('{"a": [1')],
    ["empty", encodeText("")],
    ["a control character", encodeText('"\u0001"')],
    ["not text", Uint8Array.of(0xff, 0xfe, 0x00)],
  ])("refuses what is %s, with the file's name", (_, bytes) => {
    expect(() => parseJson(bytes, "run/a.json")).toThrow(InputError);
    expect(() => parseJson(bytes, "run/a.json")).toThrow("run/a.json is not valid JSON");
  });

  it("refuses what nests so deep that code which follows it would overflow", () => {
    for (const levels of [201, 100_000]) {
      expect(() => parseJson(nested(levels), "a.json")).toThrow("a.json nests lists or objects more than 200 deep");
    }
    expect(() => parseJson(encodeText(`${'{"a":'.repeat(300)}1${"}".repeat(300)}`), "a.json")).toThrow("200 deep");
  });

  it.each(['{"__proto__": 1}', '{"transferTo": [{"__proto__": {"id": "phantom"}}]}'])(
    "refuses %s, whose field would be lost without a word",
    (text) => {
      expect(() => parseJson(encodeText(text), "suite.json")).toThrow('suite.json has a field "__proto__"');
    },
  );
});

it("readJson names the store and the file", async () => {
  const store = memoryStore();
  expect(await readJson(store, "a.json")).toBeUndefined();
  await store.write("a.json", encodeText("{"));
  await expect(readJson(store, "a.json")).rejects.toThrow("memory/a.json is not valid JSON");
});
