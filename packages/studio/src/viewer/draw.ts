import type { Contrast } from "@em-stellar/data";
import { type Arrangement, panesAround, panesBeside } from "./arrange.js";
import type { Levels } from "./levels.js";
import { type Canvas, type Layer, type Pane, paint } from "./paint.js";
import type { Size, ViewBox } from "./view-box.js";

/** A map over an image, before it is known how it is drawn. */
type MapLayer = Pick<Layer, "map" | "maximum" | "threshold" | "colour"> & { readonly name: string };

/** How maps are drawn over images. */
export interface OverlayStyle extends Pick<Layer, "fill" | "opacity" | "outline"> {
  readonly isShown: boolean;
}

/** Something to look at: an image, or a map as a picture of its own. */
export interface Picture {
  /** `Image`, `Truth`, `unet` */
  readonly name: string;
  readonly image: Levels;
  readonly layers: readonly MapLayer[];
  /** Where the viewer's contrast is not for it: that of a mask. */
  readonly contrast?: Contrast;
}

/** What the user chose to see. */
export interface Choice {
  readonly arrangement: Arrangement;
  /** Places in the list of pictures: the first is seen alone or to the left of the slider, the second to its right. */
  readonly chosen: readonly [first: number, second: number];
  /** Place of the slider, from 0 to 1. */
  readonly split: number;
  readonly contrast: Contrast;
  readonly overlay: OverlayStyle;
  readonly view: ViewBox;
}

/** Which picture is seen where. `frame` is the part of the canvas that the view is centred in. */
export interface Placed {
  readonly picture: Picture;
  readonly pane: Pane;
  readonly frame: Pane;
}

/** Where each picture is on a canvas of a size. */
export function place(pictures: readonly Picture[], { arrangement, chosen, split }: Choice, size: Size): Placed[] {
  const whole = { left: 0, top: 0, ...size };
  const at = (index: number) => pictures[Math.min(index, pictures.length - 1)];
  const [first, second] = [at(chosen[0]), at(chosen[1])];
  if (!first || !second) return [];
  if (arrangement === "beside") {
    const panes = panesBeside(size, pictures.length);
    return pictures.map((picture, i) => ({ picture, pane: panes[i] as Pane, frame: panes[i] as Pane })); // one for each
  }
  if (arrangement === "single") return [{ picture: first, pane: whole, frame: whole }];
  const [left, right] = panesAround(size, split);
  return [
    { picture: first, pane: left, frame: whole },
    { picture: second, pane: right, frame: whole },
  ];
}

/** The part of the canvas that one picture has, which the view fits into. */
export function frameSize(placed: readonly Placed[], size: Size): Size {
  return placed[0]?.frame ?? size;
}

/** Draws what was chosen; what is between pictures becomes transparent. */
export function draw(canvas: Canvas, placed: readonly Placed[], { contrast, overlay, view }: Choice): void {
  canvas.pixels.fill(0);
  for (const { picture, pane, frame } of placed) {
    const layers = overlay.isShown ? picture.layers.map((layer) => ({ ...layer, ...overlay })) : [];
    paint(canvas, pane, picture.image, picture.contrast ?? contrast, layers, view, frame);
  }
}
