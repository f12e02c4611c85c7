import { count } from "../../count.js";
import { inNanometres, isOfPrint, parsePixelSize } from "../../prediction/pixel-size.js";
import type { PredictionEvent } from "./events.js";
import type { InputFile } from "./inputs.js";
import type { PhysicalSize } from "./outputs.js";

/** How large the pixels of some inputs are, and what there is to say about it. */
export interface PhysicalSizes {
  readonly of: ReadonlyMap<InputFile, PhysicalSize>;
  readonly events: readonly PredictionEvent[];
}

/** By what somebody says (`5nm`), else by the headers of the files; `null`: nothing is said. Throws `InputError` for what is no length. */
export function physicalSizes(inputs: readonly InputFile[], said: string | null): PhysicalSizes {
  const given = said === null ? undefined : parsePixelSize(said);
  const inMicrometres = given?.unit === "µm";
  const unit = { name: inMicrometres ? "um" : "nm", nanometres: inMicrometres ? 1000 : 1 } as const;
  const all = inputs.map((input) => {
    const own = input.pages[0]?.pixelSize;
    const ofFile = own && inNanometres(own);
    const isPrint = ofFile !== undefined && isOfPrint(ofFile);
    const stored = given ? { ...given, ...(own?.z !== undefined && own.unit === given.unit && { z: own.z }) } : own;
    const nanometres = given ? inNanometres(given) : isPrint ? undefined : ofFile;
    return { input, ofFile, isPrint, size: { stored: stored ?? null, nanometres, unit } };
  });
  const of = new Map(all.map(({ input, size }) => [input, size]));
  const [known, unknown] = [all.filter(({ size }) => size.nanometres), all.filter(({ size }) => !size.nanometres)];
  const events: PredictionEvent[] = [];
  const say = (type: "pixel-size" | "warning", message: string) => events.push({ type, message });
  if (given) {
    say("pixel-size", `Pixel size: ${given.x} ${given.unit}, as given.`);
    const { x = 0 } = inNanometres(given) ?? {};
    const others = all.filter(({ ofFile, isPrint }) => ofFile && !isPrint && Math.abs(ofFile.x / x - 1) > 0.01);
    const [other] = others;
    if (other?.ofFile) {
      say("warning", `${named(others)} otherwise: its header has ${sides(other.ofFile)}. What was given is used.`);
    }
    return { of, events };
  }
  const found = [...new Set(known.map(({ size }) => size.nanometres && sides(size.nanometres)))];
  if (found.length > 0) {
    const of = known.length === inputs.length ? "of the images" : `of ${count(known.length, "image")}`;
    say(
      "pixel-size",
      `Pixel size: ${found.slice(0, 3).join(", ")}${found.length > 3 ? ", …" : ""}, from the header ${of}.`,
    );
  }
  const prints = unknown.filter(({ isPrint }) => isPrint);
  const silent = unknown.filter(({ isPrint }) => !isPrint);
  const remedy = "Lengths are in pixels only, and overlays have no scale bar. Give it with `pixelSize: 5nm`.";
  const [print] = prints;
  if (print?.ofFile) {
    const dots = Math.round(2.54e7 / print.ofFile.x);
    say(
      "warning",
      `${named(prints)} how densely to print it (${dots} dots an inch), not how large a pixel is. ${remedy}`,
    );
  }
  if (silent.length > 0) say("warning", `${named(silent)} no pixel size. ${remedy}`);
  return { of, events };
}

/** `4 × 4 nm`. */
function sides({ x, y }: { readonly x: number; readonly y: number }): string {
  const short = (value: number) => Number(value.toPrecision(4));
  return `${short(x)} × ${short(y)} nm`;
}

/** `a.tif says`; of several, `a.tif and 2 others say`. */
function named(all: readonly { readonly input: InputFile }[]): string {
  const name = all[0]?.input.pages[0]?.name.replace(/ \(page \d+\)$/, "");
  return all.length === 1 ? `${name} says` : `${name} and ${count(all.length - 1, "other")} say`;
}
