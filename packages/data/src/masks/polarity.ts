import { InputError } from "@em-stellar/core";
import type { ValueCensus } from "./value-census.js";
import type { OptionSpelling, Polarity } from "./value-options.js";

/** A file whose numbers and whose picture disagree about what is bright, or which one decoding has inverted. */
type Turnable = "inverted" | "palette";

/** Programs that write "0 is white" into the header and the numbers as they are: those turn the picture, not the mask. */
const writesAsStored = /tifffile|imageio|scikit-image/i;
const imageJ = /imagej|fiji/i;

/**
 * Whether the numbers of each file are to be turned over once read, so that object is what the user means: undoes what
 * decoding inverted, or takes a palette's brightness for its indices. Throws `InputError` where the choice is doubtful and
 * `polarity` is `auto`; `notes` tells what was decided and is worth knowing.
 */
export function decidePolarity(
  files: readonly ValueCensus[],
  polarity: Polarity,
  what: string,
  spell: OptionSpelling,
): { readonly turned: readonly boolean[]; readonly notes: readonly string[] } {
  const asStored: string[] = [];
  const doubtful: { file: ValueCensus; reason: string }[] = [];
  const turned = files.map((file) => {
    const kind = turnable(file);
    if (!kind) return false;
    const byStored = kind === "inverted"; // decoding gives the picture of these, and the indices of a palette
    if (polarity !== "auto") return (polarity === "as-stored") === byStored;
    const verdict = judge(file, kind);
    if (verdict.doubt !== undefined) doubtful.push({ file, reason: verdict.doubt });
    if (verdict.isNotable) asStored.push(file.name);
    return verdict.asStored === byStored;
  });
  const [first] = doubtful;
  if (first) throw doubt(first.file, first.reason, doubtful.length, files.length, what, spell);
  const notes =
    asStored.length > 0
      ? [
          `${what}: ${counted(asStored)} shown with an inverting colour table (0 is white), as ImageJ writes masks. The numbers were used as stored: every value except 0 is object. If white is object, use ${spell.polarity("as-shown")}.`,
        ]
      : [];
  return { turned, notes };
}

/** The census of a file after its numbers were inverted. */
export function turnCensus(file: ValueCensus): ValueCensus {
  const turn = turnNumber(file);
  const counts = new Map<number, number>();
  for (const [value, pixels] of file.counts) counts.set(turn(value), (counts.get(turn(value)) ?? 0) + pixels);
  const values = [...counts.keys()];
  const { palette, ...rest } = file;
  return {
    ...rest,
    ...(palette && { numbers: "greys", fullRange: 255 }),
    lowest: values.reduce((a, b) => Math.min(a, b)),
    highest: values.reduce((a, b) => Math.max(a, b)),
    distinct: Math.max(counts.size, file.palette ? 0 : file.distinct),
    counts: [...counts].sort(([a], [b]) => a - b),
    solid: file.solid.map(turn),
    corners: file.corners.map(turn),
  };
}

/** What each number becomes when a file is inverted: the brightness of its colour, or the number that is stored. */
export function turnNumber({
  palette,
  fullRange,
}: Pick<ValueCensus, "palette" | "fullRange">): (value: number) => number {
  if (palette) {
    const brightness = palette.map(luma);
    return (value) => brightness[value] ?? 0;
  }
  return (value) => fullRange - value;
}

function luma([red, green, blue]: readonly [number, number, number]): number {
  return Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
}

function turnable(file: ValueCensus): Turnable | undefined {
  if (file.isInverted) return "inverted";
  const { palette, counts, distinct } = file;
  if (!palette || distinct > 2) return undefined;
  const background = luma(palette[0] ?? [0, 0, 0]);
  const others = counts.filter(([value]) => value !== 0).map(([value]) => luma(palette[value] ?? [0, 0, 0]));
  return background >= 192 && others.every((other) => other < background) ? "palette" : undefined;
}

interface Verdict {
  readonly asStored: boolean;
  /** Why it cannot be told. */
  readonly doubt?: string;
  readonly isNotable?: boolean;
}

function judge(file: ValueCensus, kind: Turnable): Verdict {
  const shown = kind === "inverted" ? file : turnCensus(file);
  const stored = kind === "inverted" ? turnCensus(file) : file;
  const isInverting = kind === "palette" ? isInvertingTable(file) : imageJ.test(file.software ?? "");
  if (isInverting) {
    if (looksLikeMask(stored)) return { asStored: true, isNotable: true };
    return {
      asStored: true,
      doubt: "it has the inverting colour table of ImageJ, but would be object for the most part",
    };
  }
  if (kind === "palette") return { asStored: true, doubt: "its colour table shows 0 white, and what is not 0 darker" };
  if (writesAsStored.test(file.software ?? "")) {
    return {
      asStored: true,
      doubt: `${file.software} wrote it, which says "0 is white" but does not invert the numbers`,
    };
  }
  // Written as the specification says, which most programs do, unless the mask says otherwise.
  if (looksLikeMask(shown)) return { asStored: false };
  return { asStored: false, doubt: `its header says that 0 is white, but then it would be object for the most part` };
}

/** 255 for black down to 0 for white, as ImageJ stores it. */
function isInvertingTable({ palette }: ValueCensus): boolean {
  return palette?.length === 256 && palette.every((colour, i) => colour.every((channel) => channel === 255 - i));
}

/** Not object for the most part, or not in its corners. */
function looksLikeMask(file: ValueCensus): boolean {
  return objectShare(file) <= 0.5 || file.corners.filter((value) => isUpper(file, value)).length < 3;
}

/** Share of pixels in the upper half of the values. */
export function objectShare(file: ValueCensus): number {
  let upper = 0;
  for (const [value, pixels] of file.counts) if (isUpper(file, value)) upper += pixels;
  return upper / file.pixels;
}

function isUpper({ lowest, highest, fullRange }: ValueCensus, value: number): boolean {
  return highest > lowest ? value > (lowest + highest) / 2 : value > fullRange / 2;
}

function doubt(
  file: ValueCensus,
  reason: string,
  count: number,
  total: number,
  what: string,
  spell: OptionSpelling,
): InputError {
  const other = turnCensus(file);
  const [stored, shown] = file.isInverted ? [other, file] : [file, other];
  const more = count > 1 ? ` This is true of ${count} of ${total} files.` : "";
  return new InputError(
    `${what}: it is not clear which part of ${file.name} is object: ${reason}.${more} If object is what the file stores as 1 or 255, shown dark (${percent(objectShare(stored))} of this image), use ${spell.polarity("as-stored")}. If object is what is shown white (${percent(objectShare(shown))}), use ${spell.polarity("as-shown")}.`,
  );
}

function counted(names: readonly string[]): string {
  const [first] = names;
  return names.length === 1 ? `${first} is` : `${names.length} files (such as ${first}) are`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
