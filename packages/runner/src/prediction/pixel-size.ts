import { InputError, type PixelSize } from "@em-stellar/core";

/** The size of a pixel in nanometres. */
export interface NanometreSize {
  readonly x: number;
  readonly y: number;
}

const nanometres: Readonly<Record<string, number>> = {
  ...{ pm: 1e-3, angstrom: 0.1, Å: 0.1, nm: 1, µm: 1e3, μm: 1e3, um: 1e3, mm: 1e6, cm: 1e7, m: 1e9, inch: 2.54e7 },
};

/** A length as somebody writes it, `5nm` or `0.005 µm`, as the size of square pixels. Throws `InputError` for anything else. */
export function parsePixelSize(text: string): PixelSize {
  const [, number = "", unit = ""] = /^\s*([\d.]+)\s*(nm|um|µm|μm)\s*$/.exec(text) ?? [];
  const side = Number(number);
  if (number === "" || !(side > 0 && Number.isFinite(side))) {
    throw new InputError(`\`pixelSize\` is "${text}". Write the side of a pixel with its unit: 5nm or 0.005um.`);
  }
  return { x: side, y: side, unit: unit === "nm" ? "nm" : "µm" };
}

/** In nanometres; undefined where the unit is none of length. */
export function inNanometres({ x, y, unit }: PixelSize): NanometreSize | undefined {
  const factor = nanometres[unit];
  // Files round what they store: seven digits are true, more are noise.
  const scaled = (value: number) => Number((value * (factor as number)).toPrecision(7));
  return factor === undefined ? undefined : { x: scaled(x), y: scaled(y) };
}

/** From this on, in nanometres, a file tells at how many dots an inch it is to be printed, not how large a pixel is. */
const printed = 10_000;

/** Whether a file's size of a pixel is that of a print: 72 or 300 dots an inch, as many programs write of themselves. */
export function isOfPrint(size: NanometreSize): boolean {
  return Math.max(size.x, size.y) >= printed;
}
