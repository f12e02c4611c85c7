/** What of an image is seen: the place at the centre of the screen, in pixels of the image, and screen pixels per image pixel. */
export interface ViewBox {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

/** Width and height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Screen pixels per image pixel at most. */
const largestZoom = 64;

/** The whole image, as large as it can be. */
export function fitted(image: Size, screen: Size): ViewBox {
  return { x: image.width / 2, y: image.height / 2, zoom: fittingZoom(image, screen) };
}

/** Zoomed by a factor, so that the place of the image under a point of the screen stays there. */
export function zoomedAt(
  view: ViewBox,
  factor: number,
  point: { readonly x: number; readonly y: number },
  image: Size,
  screen: Size,
): ViewBox {
  const zoom = within(view.zoom * factor, fittingZoom(image, screen) / 2, largestZoom);
  const [dx, dy] = [point.x - screen.width / 2, point.y - screen.height / 2];
  const moved = { x: view.x + dx / view.zoom - dx / zoom, y: view.y + dy / view.zoom - dy / zoom, zoom };
  return kept(moved, image);
}

/** Moved by so many screen pixels, as a hand moves a sheet: the image follows. */
export function panned(view: ViewBox, dx: number, dy: number, image: Size): ViewBox {
  return kept({ ...view, x: view.x - dx / view.zoom, y: view.y - dy / view.zoom }, image);
}

/** The place of the image under a point of the screen, in pixels of the image. */
export function placeAt(
  view: ViewBox,
  point: { readonly x: number; readonly y: number },
  screen: Size,
): { x: number; y: number } {
  return {
    x: view.x + (point.x - screen.width / 2) / view.zoom,
    y: view.y + (point.y - screen.height / 2) / view.zoom,
  };
}

function fittingZoom(image: Size, screen: Size): number {
  return Math.min(largestZoom, screen.width / image.width, screen.height / image.height);
}

/** The centre never leaves the image. */
function kept({ x, y, zoom }: ViewBox, { width, height }: Size): ViewBox {
  return { x: within(x, 0, width), y: within(y, 0, height), zoom };
}

function within(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
