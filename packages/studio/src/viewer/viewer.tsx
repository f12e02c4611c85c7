import type { Contrast } from "@em-stellar/data";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Arrangement } from "./arrange.js";
import { type Choice, draw, frameSize, type OverlayStyle, type Picture, place } from "./draw.js";
import { PageSlider, type Pages } from "./page-slider.js";
import { type ScaleBar, scaleBarFor } from "./scale-bar.js";
import { Split } from "./split.js";
import { Toolbar } from "./toolbar.js";
import { type Gestures, type Point, useGestures } from "./use-gestures.js";
import { useSize } from "./use-size.js";
import { fitted, panned, placeAt, type Size, type ViewBox, zoomedAt } from "./view-box.js";

export interface ViewerProps {
  /** What is seen, in words: the name of the image. */
  readonly label: string;
  /** What there is to see, all of the same size; one at least. */
  readonly pictures: readonly Picture[];
  /** Of a stack. */
  readonly pages?: Pages;
  /** Width of a pixel in nanometres, where it is known. */
  readonly nanometre?: number | undefined;
  /** How several pictures are shown at first. */
  readonly arrangement?: Arrangement;
  /** Controls of the screen that belong to the picture, such as a threshold. */
  readonly children?: ComponentChildren;
}

const usualOverlay: OverlayStyle = { isShown: true, fill: "mask", opacity: 0.35, outline: true };
/** More pixels of the screen than this for a pixel of CSS are not seen, and take time. */
const mostDensity = 2;

/** Images to look into: zoom, contrast, masks over them, pages of a stack, several beside each other. */
export function Viewer({ label, pictures, pages, nanometre, arrangement: first = "single", children }: ViewerProps) {
  const stage = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const help = useId();
  const css = useSize(stage);
  const density = Math.min(mostDensity, globalThis.devicePixelRatio || 1);
  const size: Size = { width: Math.round(css.width * density), height: Math.round(css.height * density) };
  const image = pictures[0]?.image ?? { width: 1, height: 1 };

  const [arrangement, setArrangement] = useState<Arrangement>(first);
  const [chosen, setChosen] = useState<Choice["chosen"]>([0, Math.max(0, pictures.length - 1)]);
  const [split, setSplit] = useState(0.5);
  const [overlay, setOverlay] = useState(usualOverlay);
  const [givenContrast, setContrast] = useState<Contrast>();
  const [givenView, setView] = useState<ViewBox>();
  const [hovered, setHovered] = useState<Point>();

  // Another image than before is seen as a whole, and with its own contrast; another page of a stack as the page before.
  const subject = `${label} ${image.width} ${image.height}`;
  const [seen, setSeen] = useState(subject);
  if (seen !== subject) {
    setSeen(subject);
    setView(undefined);
    setContrast(undefined);
  }
  const contrast = givenContrast ?? pictures[0]?.image.contrast ?? { black: 0, white: 255 };
  const unplaced = { arrangement: pictures.length > 1 ? arrangement : "single", chosen, split } as const;
  const choice = { ...unplaced, contrast, overlay, view: { x: 0, y: 0, zoom: 1 } };
  const placed = place(pictures, choice, size);
  const frame = frameSize(placed, size);
  const view = givenView ?? fitted(image, frame);
  const bar =
    nanometre === undefined ? undefined : scaleBarFor(nanometre, view.zoom, Math.min(160 * density, frame.width / 3));

  useDrawing(canvas, size, () => ({ pictures, placed, choice: { ...choice, view } }));

  /** A point of the stage as one of the picture that is there. */
  const inFrame = ({ x, y }: Point) => {
    const at = { x: x * density, y: y * density };
    const under = placed.find(
      ({ frame: { left, top, width, height } }) =>
        at.x >= left && at.x < left + width && at.y >= top && at.y < top + height,
    );
    return { x: at.x - (under?.frame.left ?? 0), y: at.y - (under?.frame.top ?? 0) };
  };
  const middle = { x: frame.width / 2, y: frame.height / 2 };
  const zoomBy = (factor: number, at: Point = middle) => setView(zoomedAt(view, factor, at, image, frame));
  const gestures: Gestures = {
    pan: (dx, dy) => setView(panned(view, dx * density, dy * density, image)),
    zoom: (factor, at) => zoomBy(factor, inFrame(at)),
    hover: setHovered,
  };
  useGestures(stage, gestures);

  const step = Math.min(css.width, css.height) / 8;
  const keys: Readonly<Record<string, () => void>> = {
    "+": () => zoomBy(1.5),
    "=": () => zoomBy(1.5),
    "-": () => zoomBy(1 / 1.5),
    "0": () => setView(undefined),
    "1": () => zoomBy(density / view.zoom),
    ArrowLeft: () => gestures.pan(step, 0),
    ArrowRight: () => gestures.pan(-step, 0),
    ArrowUp: () => gestures.pan(0, step),
    ArrowDown: () => gestures.pan(0, -step),
    o: () => setOverlay({ ...overlay, isShown: !overlay.isShown }),
    ...(pages && {
      PageUp: () => pages.onChange(Math.max(0, pages.at - 1)),
      PageDown: () => pages.onChange(Math.min(pages.count - 1, pages.at + 1)),
      Home: () => pages.onChange(0),
      End: () => pages.onChange(pages.count - 1),
    }),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };

  const hasLayers = pictures.some(({ layers }) => layers.length > 0);
  return (
    <div class="viewer">
      <Toolbar
        pictures={pictures}
        {...unplaced}
        onArrangement={setArrangement}
        onChosen={setChosen}
        contrast={contrast}
        onContrast={setContrast}
        overlay={hasLayers ? overlay : undefined}
        onOverlay={setOverlay}
        onZoom={zoomBy}
        onFit={() => setView(undefined)}
      />
      <div class="stage-frame">
        <div
          class="stage"
          ref={stage}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys of its own, which the help lists
          tabIndex={0}
          role="application"
          aria-roledescription="image viewer"
          aria-label={describe(label, image, view, pages)}
          aria-describedby={help}
          onKeyDown={onKeyDown}
        >
          <canvas ref={canvas} width={size.width} height={size.height} />
          {placed.length > 1 &&
            placed.map(({ picture, pane }, i) => (
              <span
                key={picture.name}
                class={`pane-name ${unplaced.arrangement === "slider" && i === 1 ? "at-end" : ""}`}
                style={
                  unplaced.arrangement === "slider"
                    ? {}
                    : { left: `${pane.left / density}px`, top: `${pane.top / density}px` }
                }
              >
                {picture.name}
              </span>
            ))}
          {bar && <Bar bar={bar} density={density} />}
          <Readout point={hovered && inFrame(hovered)} picture={pictures[0]} view={view} frame={frame} />
        </div>
        {unplaced.arrangement === "slider" && (
          <Split at={split} onChange={setSplit} names={placed.map(({ picture }) => picture.name)} />
        )}
      </div>
      <p id={help} class="visually-hidden">
        Plus and minus zoom, arrows move, 0 shows the whole image, 1 its pixels one to one, O shows or hides masks
        {pages ? ", Page Up and Page Down turn the pages of the stack" : ""}.
      </p>
      {pages && pages.count > 1 && <PageSlider {...pages} />}
      {children}
    </div>
  );
}

/** Draws at the next frame, however often the choice changes until then. */
function useDrawing(
  canvas: { readonly current: HTMLCanvasElement | null },
  size: Size,
  what: () => { pictures: readonly Picture[]; placed: ReturnType<typeof place>; choice: Choice },
): void {
  const latest = useRef(what);
  latest.current = what;
  const surface = useMemo(() => {
    if (size.width < 1 || size.height < 1) return undefined;
    const data = new ImageData(size.width, size.height);
    return { data, canvas: { ...size, pixels: new Uint32Array(data.data.buffer) } };
  }, [size.width, size.height]);
  const scheduled = useRef(0);
  useLayoutEffect(() => {
    cancelAnimationFrame(scheduled.current);
    scheduled.current = requestAnimationFrame(() => {
      const context = canvas.current?.getContext("2d");
      if (!context || !surface) return;
      const { placed, choice } = latest.current();
      draw(surface.canvas, placed, choice);
      context.putImageData(surface.data, 0, 0);
    });
  });
  useEffect(() => () => cancelAnimationFrame(scheduled.current), []);
}

function describe(label: string, { width, height }: Size, { zoom }: ViewBox, pages: Pages | undefined): string {
  const page = pages && pages.count > 1 ? `, page ${pages.at + 1} of ${pages.count}` : "";
  return `${label}${page}, ${width} × ${height} pixels, zoom ${Math.round(zoom * 100)} %`;
}

function Bar({ bar, density }: { readonly bar: ScaleBar; readonly density: number }) {
  return (
    <span class="scale-bar">
      {bar.label}
      <i style={{ width: `${bar.length / density}px` }} />
    </span>
  );
}

interface ReadoutProps {
  readonly point: Point | undefined;
  readonly picture: Picture | undefined;
  readonly view: ViewBox;
  readonly frame: Size;
}

/** The place and the value under the pointer. */
function Readout({ point, picture, view, frame }: ReadoutProps) {
  if (!point || !picture) return null;
  const { x, y } = placeAt(view, point, frame);
  const [column, row] = [Math.floor(x), Math.floor(y)];
  const { width, height, channels, levels } = picture.image;
  if (column < 0 || row < 0 || column >= width || row >= height) return null;
  const start = (row * width + column) * channels;
  const values = [...(levels[0]?.data.subarray(start, start + channels) ?? [])].map((value) =>
    Number(value.toPrecision(5)),
  );
  return (
    <span class="readout" aria-hidden="true">
      {column}, {row}: {values.join(" ")}
    </span>
  );
}
