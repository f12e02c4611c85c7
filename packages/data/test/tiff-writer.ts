/** Values of a field: numbers of its type, or text. */
export type Field = readonly [tag: number, type: number, values: readonly (number | bigint)[] | string];

export interface WrittenPage {
  readonly fields: readonly Field[];
  /** Strips or tiles; their offsets and sizes become fields 273 and 279 unless these are given. */
  readonly pieces: readonly Uint8Array[];
}

export interface WriterOptions {
  readonly littleEndian?: boolean;
  readonly isBig?: boolean;
  /** Where the last directory says that the next one begins. */
  readonly next?: number;
}

const sizes: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/**
 * A TIFF from its fields, as the specification lays it out: each page's pieces, then long values, then its directory. Written
 * for tests, from TIFF 6.0 alone, so that no fault is shared with the reader.
 */
export function writeTiff(
  pages: readonly WrittenPage[],
  { littleEndian = true, isBig = false, next = 0 }: WriterOptions = {},
): Uint8Array {
  const bytes: number[] = [];
  const put = (value: number | bigint, size: number, at = bytes.length) => {
    for (let i = 0; i < size; i++) {
      const shift = BigInt(8 * (littleEndian ? i : size - 1 - i));
      bytes[at + i] = Number((BigInt.asUintN(64, BigInt(value)) >> shift) & 255n);
    }
  };
  bytes.push(...(littleEndian ? [0x49, 0x49] : [0x4d, 0x4d]));
  put(isBig ? 43 : 42, 2);
  if (isBig) {
    put(8, 2);
    put(0, 2);
  }
  const offsetSize = isBig ? 8 : 4;
  let link = bytes.length;
  put(0, offsetSize);
  for (const { fields, pieces } of pages) {
    const offsets = pieces.map((piece) => {
      const at = bytes.length;
      for (const byte of piece) bytes.push(byte);
      return at;
    });
    const given = new Set(fields.map(([tag]) => tag));
    const layout: readonly Field[] = [
      [273, 4, offsets],
      [279, 4, pieces.map(({ length }) => length)],
    ];
    const all = [...fields, ...layout.filter(([tag]) => !given.has(tag) && !given.has(tag === 273 ? 324 : 325))]
      .map(
        ([tag, type, values]): Field =>
          // Offsets of tiles stand where the test asks for them.
          tag === 324 || tag === 325
            ? [tag, type, tag === 324 ? offsets : pieces.map(({ length }) => length)]
            : [tag, type, values],
      )
      .sort(([a], [b]) => a - b);
    const stored = all.map(([tag, type, values]) => {
      const list = typeof values === "string" ? [...new TextEncoder().encode(values), 0] : values;
      const size = sizes[type] ?? 1;
      const count = type === 5 ? list.length / 2 : list.length;
      if (size * count <= offsetSize) return { tag, type, count, list, size };
      const at = bytes.length;
      for (const value of list) put(value, type === 5 ? 4 : size);
      return { tag, type, count, at, list, size };
    });
    const directory = bytes.length;
    put(directory, offsetSize, link);
    put(all.length, isBig ? 8 : 2);
    for (const { tag, type, count, at, list, size } of stored) {
      put(tag, 2);
      put(type, 2);
      put(count, offsetSize);
      const value = bytes.length;
      put(at ?? 0, offsetSize);
      if (at === undefined) for (const [i, each] of list.entries()) put(each, size, value + i * size);
    }
    link = bytes.length;
    put(next, offsetSize);
  }
  return Uint8Array.from(bytes);
}

/** Fields of a grey image. */
export function greyFields(width: number, height: number, bits: number, ...more: readonly Field[]): Field[] {
  const given = new Set(more.map(([tag]) => tag));
  const fields: readonly Field[] = [
    [256, 4, [width]],
    [257, 4, [height]],
    [258, 3, [bits]],
    [259, 3, [1]],
    [262, 3, [1]],
    [277, 3, [1]],
    [278, 4, [height]],
  ];
  return [...fields.filter(([tag]) => !given.has(tag)), ...more];
}

/** A stack of 3 or 4 slices of 8 bits as tifffile writes it unless it is told otherwise: planes marked as red, green and blue. */
export function planesByTifffile(
  width: number,
  height: number,
  slices: readonly Uint8Array[],
  { software = "tifffile.py", described = true } = {},
): Uint8Array {
  const planes = slices.length;
  const fields = greyFields(
    width,
    height,
    8,
    [258, 3, Array(planes).fill(8)],
    [262, 3, [2]],
    [277, 3, [planes]],
    [284, 3, [2]],
    [305, 2, software],
    ...(described ? ([[270, 2, JSON.stringify({ shape: [planes, height, width] })]] as const) : []),
    ...(planes === 4 ? ([[338, 3, [0]]] as const) : []),
  );
  return writeTiff([{ fields, pieces: slices }]);
}
