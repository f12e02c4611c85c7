/** A small picture to lay over an image: 0 leaves the image, 1 is black, 2 is white. */
export interface Stamp {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly ink: Uint8Array;
}

/** Columns and rows of a letter. */
const [letterWidth, letterHeight] = [5, 7];

const letters: Readonly<Record<string, readonly string[]>> = {
  "0": [".###.", "#...#", "#..##", "#.#.#", "##..#", "#...#", ".###."],
  "1": ["..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."],
  "2": [".###.", "#...#", "....#", "..##.", ".#...", "#....", "#####"],
  "5": ["#####", "#....", "####.", "....#", "....#", "#...#", ".###."],
  ".": [".....", ".....", ".....", ".....", ".....", ".##..", ".##.."],
  n: [".....", ".....", "#.##.", "##..#", "#...#", "#...#", "#...#"],
  m: [".....", ".....", "##.#.", "#.#.#", "#.#.#", "#...#", "#...#"],
  µ: [".....", ".....", "#...#", "#...#", "##..#", "#.##.", "#...."],
  " ": [".....", ".....", ".....", ".....", ".....", ".....", "....."],
};

/**
 * A white bar of 1, 2 or 5 times a power of ten, at most a third as long as the image is wide, with its length above it, on
 * black in the lower right corner. `nanometre` is the width of a pixel. Undefined where the image is too small to hold it.
 */
export function scaleBarOf(width: number, height: number, nanometre: number): Stamp | undefined {
  const length = roundedDown((width / 3) * nanometre);
  const pixels = Math.round(length / nanometre);
  const text = nameOf(length);
  const unit = Math.max(1, Math.round(Math.max(width, height) / 700));
  const textWidth = (text.length * (letterWidth + 1) - 1) * unit;
  const boxWidth = Math.max(pixels, textWidth) + 6 * unit;
  const boxHeight = (letterHeight + 2 + 2 + 6) * unit;
  const margin = 4 * unit;
  if (pixels < 8 || boxWidth + 2 * margin > 0.75 * width || boxHeight + 2 * margin > 0.5 * height) return undefined;
  const ink = new Uint8Array(boxWidth * boxHeight).fill(1);
  const paint = (x: number, y: number, columns: number, rows: number) => {
    for (let row = y; row < y + rows; row++) ink.fill(2, row * boxWidth + x, row * boxWidth + x + columns);
  };
  const textLeft = Math.floor((boxWidth - textWidth) / 2);
  for (const [i, letter] of [...text].entries()) {
    for (const [row, dots] of (letters[letter] ?? []).entries()) {
      for (const [column, dot] of [...dots].entries()) {
        if (dot === "#") paint(textLeft + (i * (letterWidth + 1) + column) * unit, (3 + row) * unit, unit, unit);
      }
    }
  }
  paint(Math.floor((boxWidth - pixels) / 2), (3 + letterHeight + 2) * unit, pixels, 2 * unit);
  const [left, top] = [width - margin - boxWidth, height - margin - boxHeight];
  return { left, top, width: boxWidth, height: boxHeight, ink };
}

/** The largest of 1, 2 or 5 times a power of ten that is not above a length. */
function roundedDown(length: number): number {
  const power = 10 ** Math.floor(Math.log10(length));
  const factor = [5, 2, 1].find((each) => each * power <= length) ?? 1;
  return Number((factor * power).toPrecision(1));
}

function nameOf(nanometres: number): string {
  if (nanometres < 1e3) return `${nanometres} nm`;
  return nanometres < 1e6 ? `${nanometres / 1e3} µm` : `${nanometres / 1e6} mm`;
}
