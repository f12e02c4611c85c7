import { InputError } from "./errors.js";
import { decodeText } from "./text.js";

/** Deeper than lists and objects nest in any file of ours: code that follows them may then call itself. */
const mostLevels = 200;

/**
 * The JSON value in the bytes of a file. Throws `InputError`, which calls the file `name`, where it is not valid JSON, nests
 * lists and objects more than 200 deep or has a field `__proto__`.
 */
export function parseJson(bytes: Uint8Array, name: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(decodeText(bytes));
  } catch {
    throw new InputError(`${name} is not valid JSON: it is damaged or was changed. Copy it or make it again.`);
  }
  let level = [value].filter(isNesting);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > mostLevels) {
      throw new InputError(`${name} nests lists or objects more than ${mostLevels} deep. Copy or make it again.`);
    }
    // Whoever copies such an object loses the field without a word: JavaScript takes it for the object's prototype.
    if (level.some((each) => Object.hasOwn(each, "__proto__"))) {
      throw new InputError(`${name} has a field "__proto__", which is no name for a field. Call it something else.`);
    }
    level = level.flatMap((each) => Object.values(each).filter(isNesting));
  }
  return value;
}

function isNesting(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
