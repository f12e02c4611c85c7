/**
 * Text of files, folders and results as people may see it: control characters, which could move a terminal's cursor or hide
 * lines, and those that turn the direction of writing become visible (`\\u001b`). Line breaks stay.
 */
export function visible(text: string): string {
  return text.replace(
    /[^\P{Cc}\n]|[\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
