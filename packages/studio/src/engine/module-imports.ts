import { InputError } from "@em-stellar/core";

const statement = /(\b(?:from|import)\s*\(?\s*)(["'])([^"'\n]+)\2/g;

/** What the import statements of a module name. */
export function importsIn(code: string): string[] {
  return [...new Set([...code.matchAll(statement)].map(([, , , name = ""]) => name))];
}

/**
 * A module with other names in its import statements. Throws `InputError`, which calls the module `file`, where one has no
 * other name: a page finds no packages by itself.
 */
export function withImports(code: string, file: string, addresses: ReadonlyMap<string, string>): string {
  const missing = importsIn(code).find((name) => !addresses.has(name));
  if (missing !== undefined) {
    throw new InputError(
      `${file} imports "${missing}", which a page cannot find. It may import ${[...addresses.keys()].join(", ")}. Bundle everything else into the file: docs/studio.md shows how.`,
    );
  }
  return code.replace(statement, (_, start: string, quote: string, name: string) => {
    return `${start}${quote}${addresses.get(name)}${quote}`;
  });
}
