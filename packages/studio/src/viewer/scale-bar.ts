/** A bar of a round length to lay over an image. */
export interface ScaleBar {
  /** Length on the screen, in its pixels. */
  readonly length: number;
  /** `200 nm`, `5 µm` */
  readonly label: string;
}

/**
 * The longest bar of 1, 2 or 5 times a power of ten nanometres that is at most `longest` screen pixels long, for a zoom in
 * screen pixels per image pixel. `nanometre` is the width of a pixel of the image.
 */
export function scaleBarFor(nanometre: number, zoom: number, longest: number): ScaleBar {
  const most = (longest * nanometre) / zoom;
  const power = 10 ** Math.floor(Math.log10(most) + 1e-9);
  const factor = [5, 2, 1].find((each) => each * power <= most * (1 + 1e-9)) ?? 1;
  const length = Number((factor * power).toPrecision(1));
  return { length: (length * zoom) / nanometre, label: nameOf(length) };
}

function nameOf(nanometres: number): string {
  const [divisor, unit] =
    nanometres < 1 ? [1e-3, "pm"] : nanometres < 1e3 ? [1, "nm"] : nanometres < 1e6 ? [1e3, "µm"] : [1e6, "mm"];
  return `${Number((nanometres / (divisor as number)).toPrecision(3))} ${unit}`;
}
