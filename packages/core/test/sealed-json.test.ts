import { createHash } from "node:crypto";
import { DamagedFileError, decodeText, encodeText, memoryStore, readSealed, writeSealed } from "@em-stellar/core";
import { beforeEach, expect, it } from "vitest";

const value = { name: "a", scores: [0.1, 1e-7], 3: null, inner: { b: true } };
let store = memoryStore();
beforeEach(async () => {
  store = memoryStore();
  await writeSealed(store, "x.json", value);
});

const textOf = async () => decodeText((await store.read("x.json")) as Uint8Array); // written above
const spoil = async (change: (text: string) => string) => store.write("x.json", encodeText(change(await textOf())));

it("is JSON with the SHA-256 of the rest, without white space, as its last field", async () => {
  const { checksum, ...rest } = JSON.parse(await textOf());
  expect(rest).toEqual(value);
  expect(checksum).toBe(createHash("sha256").update(JSON.stringify(value)).digest("hex"));
  expect(await readSealed(store, "x.json")).toEqual(value);
});

it("is undefined where there is none, and taken as it is without a checksum, as older versions wrote it", async () => {
  expect(await readSealed(store, "y.json")).toBeUndefined();
  await spoil((text) => text.replace(/,\s*"checksum": "[0-9a-f]+"/, "").replace("0.1", "0.2"));
  expect(await readSealed(store, "x.json")).toEqual({ ...value, scores: [0.2, 1e-7] });
});

it.each([
  ["a digit", (text: string) => text.replace("0.1", "0.3"), "content"],
  ["a name", (text: string) => text.replace('"inner"', '"outer"'), "content"],
  ["the checksum", (text: string) => text.replace(/"checksum": "./, '"checksum": "x'), "content"],
  ["its end", (text: string) => text.slice(0, -3), "form"],
  ["all of it", () => "", "form"],
  ["the object", () => "[]", "form"],
])("whoever reads it is told that %s is not as it was written, where, and what to do", async (_, change, kind) => {
  await spoil(change);
  const error = await readSealed(store, "x.json", "Make it again.").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(DamagedFileError);
  expect(error).toMatchObject({ path: "x.json", kind });
  expect(String(error)).toMatch(/memory\/x\.json is damaged: .*\. Make it again\.$/);
});
