import type { PixelSize } from "@em-stellar/core";

/** What a description (ImageJ's, OME-XML or tifffile's) says of the stack that a file holds. */
export interface StackDescription {
  /** The program or form that the description is of. */
  readonly by: "ImageJ" | "OME-XML" | "tifffile";
  readonly version?: string;
  /** Planes in the file, one for each channel, slice and time; absent where nothing is said. */
  readonly planes?: number;
  /** Channels that are planes of their own, not samples of a pixel; absent where nothing is said. */
  readonly channels?: number;
  /** The planes lie one after another in the file, of which only the first has a directory. */
  readonly isContiguous?: boolean;
  readonly pixelSize?: Partial<PixelSize>;
}

/** The page that carries a description. */
interface DescribedPage {
  readonly width: number;
  readonly height: number;
  /** Stored numbers of a pixel. */
  readonly samples: number;
}

/** Reads the text of an image's description; undefined where it says nothing of a stack. */
export function readDescription(text: string, page: DescribedPage): StackDescription | undefined {
  if (text.startsWith("ImageJ=")) return readImageJ(text);
  if (/<OME[\s>]/.test(text)) return readOme(text);
  if (text.startsWith("{")) return readShape(text, page);
  return undefined;
}

/** Lines of `key=value`, as ImageJ and Fiji write them. */
function readImageJ(text: string): StackDescription {
  const values = new Map<string, string>();
  for (const line of text.split(/[\r\n]+/)) {
    const equals = line.indexOf("=");
    if (equals > 0 && !values.has(line.slice(0, equals))) values.set(line.slice(0, equals), line.slice(equals + 1));
  }
  const whole = (key: string): number | undefined => {
    const value = Number(values.get(key));
    return Number.isInteger(value) && value > 0 ? value : undefined;
  };
  const [planes, channels, spacing] = [whole("images"), whole("channels"), Number(values.get("spacing"))];
  const unit = values.get("unit");
  const version = values.get("ImageJ");
  return {
    by: "ImageJ",
    ...(version ? { version } : {}),
    ...(planes === undefined ? {} : { planes, isContiguous: true }),
    ...(channels === undefined ? {} : { channels }),
    pixelSize: {
      ...(unit ? { unit: unitNames[unit] ?? unit } : {}),
      ...(spacing > 0 && Number.isFinite(spacing) ? { z: spacing } : {}),
    },
  };
}

/** How programs spell units. */
const unitNames: Readonly<Record<string, string>> = {
  micron: "µm",
  microns: "µm",
  um: "µm",
  μm: "µm",
  "\\u00B5m": "µm",
  "\u00c2\u00b5m": "µm",
  inches: "inch",
};

/** The sizes of every `Pixels` element (OME-TIFF; Goldberg et al., 2005). */
function readOme(text: string): StackDescription {
  const elements = text.split(/<(?=Pixels[\s>])/).slice(1);
  let planes = 0;
  let channels = 1;
  for (const element of elements) {
    const head = element.slice(0, element.indexOf(">") + 1);
    const size = (axis: string) => Math.max(1, Number(attribute(head, `Size${axis}`)) || 1);
    const samples = Math.max(1, Number(attribute(element, "SamplesPerPixel")) || 1);
    const ofElement = Math.ceil(size("C") / samples);
    channels = Math.max(channels, ofElement);
    planes += ofElement * size("Z") * size("T");
  }
  const [first = ""] = elements;
  // Planes may lie in other files, which these attributes name.
  const isWhole = elements.length > 0 && !/<UUID\s[^<>]*FileName=|<BinaryOnly/.test(text);
  const distance = (axis: string) => Number(attribute(first, `PhysicalSize${axis}`)) || undefined;
  const unit = attribute(first, "PhysicalSizeXUnit") ?? "µm";
  const [x, y, z] = [distance("X"), distance("Y"), distance("Z")];
  return {
    by: "OME-XML",
    ...(isWhole ? { planes } : {}),
    channels,
    pixelSize: {
      unit: unitNames[unit] ?? unit,
      ...(x === undefined ? {} : { x }),
      ...(y === undefined ? {} : { y }),
      ...(z === undefined ? {} : { z }),
    },
  };
}

function attribute(element: string, name: string): string | undefined {
  return new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1];
}

/** `{"shape": [6, 48, 64]}`, as tifffile writes it. */
function readShape(text: string, { width, height, samples }: DescribedPage): StackDescription | undefined {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof said !== "object" || said === null || !("shape" in said) || !Array.isArray(said.shape)) return undefined;
  const sides = said.shape.map(Number);
  const planes = sides.reduce((product, side) => product * side, 1) / (width * height * samples);
  if (!Number.isInteger(planes) || planes < 1) return undefined;
  const axes = "axes" in said && typeof said.axes === "string" ? said.axes : "";
  return {
    by: "tifffile",
    planes,
    channels: samples > 1 ? 1 : (sides[axes.indexOf("C")] ?? 1),
    isContiguous: "truncated" in said && said.truncated === true,
  };
}
