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
  [/\btestShare ([\d.]+) of/g, `${quoted("Test images")}: a share of $1 of`],
  [/, or cut each image into tiles: tiles: \d+/g, ""], // no screen offers it
  [/`?\btestShare\b`?/g, quoted("Share of the images, drawn by chance")],
  [/`?\btestGroups\b`?/g, `the groups under ${quoted("Test images")}`],
  [/`truthLabels: ([^`]+)`/g, (_, list = "") => quoted(`Values of the truth that mean object: ${list}`)],
  [/`labels: ([^`]+)`/g, (_, list = "") => quoted(`Values of the predictions that mean object: ${list}`)],
  // As many as go through the network at once: the screen has no field for a part of them.
  [/\btraining\.(?:microBatch|batchSize):? (\d+)/g, `${quoted("Patches in a step")}: $1`],
  [/\btraining\.patch (\d+)/g, `${quoted("Side of a patch, in pixels")}: $1`],
  [/\btraining\.patch\b/g, quoted("Side of a patch, in pixels")],
  [/\btraining\.microBatch\b/g, quoted("Patches in a step")],
  [/\btraining\.recompute: true\b/g, `"recompute": true in the suite's file`],
  // The screen Evaluate has no fields for these.
  [/`(truthWhite|white|truthPolarity|polarity|truthIgnore): ([^`]+)`/g, commandOfEvaluate],
];

/** A message about the options of a suite in the words of the screens: what to choose in place of what to write. */
export function inPageWords(message: string): string {
  return spellings.reduce(
    // One of the two forms of `replace`, which its types keep apart.
    (text, [inSuite, to]) => (typeof to === "string" ? text.replace(inSuite, to) : text.replace(inSuite, to)),
    message,
  );
}

function commandOfEvaluate(_: string, option = "", value = ""): string {
  const flag = option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return quoted(`npx em-stellar evaluate … --${flag} ${value}`);
}

function quoted(words: string): string {
  return `“${words}”`;
}
