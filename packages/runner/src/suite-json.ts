import { InputError } from "@em-stellar/core";
import { getNodeValue, type Node, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";

// In Node and in browsers, but in none of the ES libraries.
declare const TextDecoder: new (encoding: string) => { decode(bytes: Uint8Array): string };

/** Longer than any suite that a person or a program has reason to write. */
const longest = 256 * 1024;

/** Deeper than anything in a suite. */
const mostLevels = 200;

/**
 * The value in a suite's file: JSON, with comments and trailing commas where somebody likes them, in UTF-8 or, as some
 * editors and shells on Windows write it, in UTF-16, with or without a byte order mark. Throws `InputError` with line and
 * column, and with what would work.
 */
export function readSuiteJson(bytes: Uint8Array, file: string): unknown {
  if (bytes.length > longest) {
    throw new InputError(
      `${file} has ${Math.round(bytes.length / 1024)} KiB; a suite has at most ${longest / 1024} KiB.`,
    );
  }
  const text = decode(bytes);
  if (text.trim() === "") throw new InputError(`${file} is empty.`);
  const errors: ParseError[] = [];
  try {
    const tree = parseTree(text, errors, { allowTrailingComma: true });
    const [first] = errors;
    if (first || !tree) throw new InputError(`${file}, ${explain(text, first ?? { error: 4, offset: 0, length: 0 })}`);
    refuseRepeatedFields(tree, text, file, 0);
    return getNodeValue(tree);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw tooDeep(file); // for the parser, which calls itself
  }
}

function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  return new TextDecoder(encoding).decode(bytes); // takes the byte order mark away
}

function tooDeep(file: string): InputError {
  return new InputError(`${file} nests lists or objects more than ${mostLevels} deep, which no suite does.`);
}

/** JSON lets a field stand twice and the last one win, which nobody means. */
function refuseRepeatedFields(node: Node, text: string, file: string, level: number): void {
  if (level > mostLevels) throw tooDeep(file);
  const seen = new Map<string, Node>();
  for (const child of node.children ?? []) {
    const [name] = child.type === "property" ? (child.children ?? []) : [];
    if (name) {
      const earlier = seen.get(name.value);
      if (earlier) {
        throw new InputError(
          `${file}, ${placeOf(text, name.offset)}: "${name.value}" appears here a second time, after ${placeOf(text, earlier.offset)}. Leave one of them out.`,
        );
      }
      seen.set(name.value, name);
    }
    refuseRepeatedFields(child, text, file, level + 1);
  }
}

/** `line 3, column 12: a comma is missing …` */
function explain(text: string, { error, offset, length }: ParseError): string {
  const at = (where: number, what: string) => `${placeOf(text, where)}: ${what}`;
  const found = text.slice(offset, offset + Math.max(1, length));
  const curly = /[“”„‟«»‘’‚‛]/u.exec(found);
  if (curly) {
    return at(
      offset + curly.index,
      `curly quotes (${curly[0]}). JSON takes straight ones: "unet-bn". Word processors write curly ones; edit the file in a plain-text editor.`,
    );
  }
  if (found.startsWith("'")) return at(offset, `single quotes ('). JSON takes double ones: "unet-bn".`);
  const before = text.slice(0, offset).trimEnd();
  const isDecimal = /\d,$/.test(before) && /^\d/.test(found);
  if (isDecimal) return at(before.length - 1, "a comma within a number. JSON writes decimals with a point: 0.5.");
  const code = printParseErrorCode(error);
  switch (code) {
    case "CommaExpected":
      return at(Math.max(0, before.length - 1), `a comma is missing after this, before ${shown(found)}.`);
    case "ColonExpected":
      return at(offset, `a colon is missing before ${shown(found)}: "name": value.`);
    case "CloseBraceExpected":
      return at(Math.max(0, before.length - 1), 'the file ends here, but a "{" before it is not closed. Add "}".');
    case "CloseBracketExpected":
      return at(Math.max(0, before.length - 1), 'a "[" before this is not closed. Add "]".');
    case "EndOfFileExpected":
      return at(
        offset,
        `the suite is complete before this; ${shown(found)} must not follow. Is there one "}" too many?`,
      );
    case "UnexpectedEndOfString":
      return at(offset, 'the text that begins here lacks its closing quote (").');
    case "UnexpectedEndOfComment":
      return at(offset, "the comment that begins here is not closed. Add */.");
    case "InvalidEscapeCharacter":
    case "InvalidUnicode":
      return at(offset, `a single backslash in ${shown(found)}. Write paths with "/", or each backslash twice.`);
    case "InvalidCharacter":
      return at(offset, `a control character in ${shown(found)}. Remove it, or write it as \\t or \\n.`);
    default: {
      const word = /^[\p{L}_$][\p{L}\p{N}_$.-]*/u.exec(text.slice(offset))?.[0];
      if (word === undefined) {
        if (offset >= text.trimEnd().length) return at(offset, "the file ends here, but a value is missing.");
        return at(
          offset,
          `${shown(found)} appears where ${code === "PropertyNameExpected" ? 'a name in quotes ("name": value)' : "a value"} is needed.`,
        );
      }
      const literal = { true: "true", false: "false", none: "null", null: "null", nan: "null" }[word.toLowerCase()];
      if (literal !== undefined) return at(offset, `${word} is not a word of JSON. Write ${literal}.`);
      return at(offset, `${word} has no quotes. Write "${word}".`);
    }
  }
}

function shown(found: string): string {
  const short = found.length > 24 ? `${found.slice(0, 24)}…` : found;
  return short.trim() === "" ? "the end of the file" : short.startsWith('"') ? short : `"${short}"`;
}

function placeOf(text: string, offset: number): string {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}
