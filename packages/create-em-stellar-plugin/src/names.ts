/** A component's name in the forms that code has it in. */
export interface Names {
  /** `my-loss`: its id, and the name of its files. */
  readonly id: string;
  /** `myLoss`: the factory. */
  readonly factory: string;
  /** `MyLoss`, as in `MyLossOptions`. */
  readonly type: string;
}

/** Throws where the id is not in kebab-case. */
export function namesOf(id: string): Names {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) {
    throw new Error(`A name is in kebab-case, such as my-network or focal-2, not ${JSON.stringify(id)}.`);
  }
  const type = id.replace(/(^|-)(.)/g, (_, _dash, letter: string) => letter.toUpperCase());
  return { id, type, factory: type.charAt(0).toLowerCase() + type.slice(1) };
}

/** A template in the names of a component: `new-network`, `newNetwork` and `NewNetwork` become its own. */
export function inWords(text: string, kind: string, { id, factory, type }: Names): string {
  const template = namesOf(`new-${kind}`);
  return replaced(text, { [template.id]: id, [template.factory]: factory, [template.type]: type });
}

/** Text with some words replaced by others, whatever these hold. */
export function replaced(text: string, words: Readonly<Record<string, string>>): string {
  const pattern = Object.keys(words).map((word) => word.replace(/\W/g, "\\$&"));
  return text.replace(new RegExp(pattern.join("|"), "g"), (word) => words[word] ?? word);
}
