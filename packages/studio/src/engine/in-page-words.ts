import { ignoredWords, maskWords, polarityWords } from "../project/mask-words.js";

/** How suites and evaluations spell what is said of images and masks, and what the screens call it. */
const spellings: readonly [inSuite: RegExp, onScreen: string | ((...found: string[]) => string)][] = [
  [/maskRule: "index"/g, quoted(maskWords.nonzero)],
  [/maskRule: "binary"/g, quoted(maskWords.white)],
  [/maskRule: "auto"/g, quoted(maskWords.auto)],
  [/objectLabels: \[([\d., -]+)\]/g, (_, list = "") => quoted(`${maskWords.values} ${list}`)],
  [/polarity: "as-shown"/g, quoted(polarityWords["as-shown"])],
  [/polarity: "as-stored"/g, quoted(polarityWords["as-stored"])],
  [/ignoreValue: (-?\d+(?:\.\d+)?)/g, (_, value = "") => quoted(`${ignoredWords}: ${value}`)],
  [/with maskRule or objectLabels/g, `under ${quoted("Object in the masks")}`],
  [/`?\bobjectLabels\b`?/g, quoted(maskWords.values.replace(":", ""))],
  [/`?\bmaskRule\b`?/g, quoted("Object in the masks")],
  [/`?\bignoreValue\b`?/g, quoted(ignoredWords)],
  [/`?\bgroupBy\b`?/g, quoted("The group of an image")],
  [/`?\bpairBy\b`?/g, quoted("Part of the name that pairs image and mask")],
  [/`truthLabels: ([^`]+)`/g, (_, list = "") => quoted(`Values of the truth that mean object: ${list}`)],
  [/`labels: ([^`]+)`/g, (_, list = "") => quoted(`Values of the predictions that mean object: ${list}`)],
];

/** A message about the options of a suite in the words of the screens: what to choose in place of what to write. */
export function inPageWords(message: string): string {
  return spellings.reduce(
    // One of the two forms of `replace`, which its types keep apart.
    (text, [inSuite, to]) => (typeof to === "string" ? text.replace(inSuite, to) : text.replace(inSuite, to)),
    message,
  );
}

function quoted(words: string): string {
  return `“${words}”`;
}
