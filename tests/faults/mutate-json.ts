import type { Random } from "@em-stellar/core";
import { mutateBytes, oneOf } from "./mutate-bytes.js";

/** A value of JSON, as it is written: text in place of a value, because some texts have no value that could be written again. */
type Replacement = string;

/** What strangers put where something else belongs, as JSON. */
const strange: readonly Replacement[] = [
  "null",
  "true",
  "0",
  "-1",
  "0.5",
  "1e308",
  "-1e308",
  "1e999",
  "4294967296",
  "9007199254740993",
  "1000000",
  '""',
  '"NaN"',
  '"../../../../etc/passwd"',
  '"/dev/zero"',
  '"/dev/stdin"',
  '"/proc/self/environ"',
  '"a/../../b"',
  '"C:\\\\Windows\\\\win.ini"',
  '"file\\u0000name"',
  '"\\u001b[2J\\u2028\\u202e"',
  '"<script>alert(1)</script>"',
  '"=1+1"',
  '"__proto__"',
  '"constructor"',
  '"(a+)+$"',
  "[]",
  "{}",
  "[[]]",
  "[null]",
  '{"__proto__":{"polluted":1}}',
  '{"toString":1}',
  '{"constructor":{"prototype":1}}',
  `"${"x".repeat(100_000)}"`,
  `"${"a".repeat(300)}"`,
  "[".repeat(5000) + "]".repeat(5000),
  '{"a":'.repeat(3000) + 1 + "}".repeat(3000),
  `[${"0,".repeat(100_000)}0]`,
];

/**
 * The bytes of a JSON file with up to three changes. One time in five bytes change; else values are replaced by values of other
 * types, huge ones, hostile texts, other values of the file or of `other`; fields are left out, added, renamed or doubled.
 */
export function mutateJson(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  if (random.integer(5) === 0) return mutateBytes(bytes, other, random);
  let value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const donor: unknown = JSON.parse(new TextDecoder().decode(other));
  const texts: string[] = [];
  // A text that stands for what cannot be in a value is put in at the end.
  const put = (text: string): unknown => `\u0001${texts.push(text) - 1}\u0001`;
  for (let left = 1 + random.integer(3); left > 0; left--) value = changed(value, donor, random, put);
  const written = JSON.stringify(value) ?? "null";
  return new TextEncoder().encode(written.replaceAll(/"\\u0001(\d+)\\u0001"/g, (_, at) => texts[Number(at)] ?? "null"));
}

function changed(value: unknown, donor: unknown, random: Random, put: (text: string) => unknown): unknown {
  const places = placesIn(value);
  if (places.length === 0) return put(oneOf(strange, random));
  const { holder, key } = oneOf(places, random);
  const kind = random.integer(10);
  if (kind < 5) set(holder, key, put(oneOf(strange, random)));
  else if (kind === 5) nudge(holder, key, random);
  else if (kind === 6) set(holder, key, copyOf(valueAt(oneOf(places, random))));
  else if (kind === 7) set(holder, key, copyOf(valueAt(oneOf([{ holder, key }, ...placesIn(donor)], random))));
  else if (kind === 8) {
    if (Array.isArray(holder)) holder.splice(Number(key), random.integer(2), ...holder.slice(0, random.integer(3)));
    else delete holder[key];
  } else if (Array.isArray(holder)) holder.push(put(oneOf(strange, random)));
  else
    set(holder, oneOf(["extra", "id", "name", "constructor", key.toUpperCase()], random), put(oneOf(strange, random)));
  return value;
}

type Holder = Record<string, unknown> | unknown[];
interface Place {
  readonly holder: Holder;
  readonly key: string;
}

/** Every value within another. */
function placesIn(value: unknown, found: Place[] = []): Place[] {
  if (typeof value !== "object" || value === null) return found;
  const holder = value as Holder; // JSON has no other objects
  for (const [key, inner] of Object.entries(holder)) {
    found.push({ holder, key });
    placesIn(inner, found);
  }
  return found;
}

function valueAt({ holder, key }: Place): unknown {
  return (holder as Record<string, unknown>)[key]; // a list's places are its keys
}

function set(holder: Holder, key: string, value: unknown): void {
  (holder as Record<string, unknown>)[key] = value; // as above
}

/** A number becomes another, a text loses or gains characters, a truth is turned. */
function nudge(holder: Holder, key: string, random: Random): void {
  const value = valueAt({ holder, key });
  if (typeof value === "number")
    set(holder, key, oneOf([value + 1, value - 1, -value, value * 1e6, value / 3, 0], random));
  if (typeof value === "string") {
    const at = random.integer(value.length + 1);
    set(
      holder,
      key,
      value.slice(0, at) + oneOf(["", "x", "\n", "/", ".."], random) + value.slice(at + random.integer(2)),
    );
  }
  if (typeof value === "boolean") set(holder, key, !value);
}

function copyOf<T>(value: T): T {
  return structuredClone(value);
}
