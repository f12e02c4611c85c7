/** Images and masks for a suite whose format is that of the template (PGM): a dark square on a brighter, uneven ground. */
export function exampleImages(): Map<string, Uint8Array> {
  const side = 64;
  const files = new Map<string, Uint8Array>();
  const sets = { train: [1, 2, 3, 4], test: [5, 6] };
  for (const [set, numbers] of Object.entries(sets)) {
    for (const n of numbers) {
      const [left, top] = [4 + 5 * n, 30 - 4 * n];
      const isObject = (x: number, y: number) => x >= left && x < left + 24 && y >= top && y < top + 24;
      const speckle = (x: number, y: number) => (x * 7 + y * 13 + n * 29) % 23;
      files.set(
        `example/${set}/images/${n}.pgm`,
        greymap(side, (x, y) => (isObject(x, y) ? 70 : 160) + speckle(x, y)),
      );
      files.set(
        `example/${set}/masks/${n}.pgm`,
        greymap(side, (x, y) => (isObject(x, y) ? 255 : 0)),
      );
    }
  }
  return files;
}

function greymap(side: number, value: (x: number, y: number) => number): Uint8Array {
  const header = Array.from(`P5\n${side} ${side}\n255\n`, (letter) => letter.charCodeAt(0));
  const pixels = Array.from({ length: side * side }, (_, i) => value(i % side, Math.floor(i / side)));
  return Uint8Array.from([...header, ...pixels]);
}
