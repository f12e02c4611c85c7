import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** A place on a canvas, in CSS pixels from its upper left corner. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What hands do with a picture. Distances are in CSS pixels. */
export interface Gestures {
  pan(dx: number, dy: number): void;
  zoom(factor: number, at: Point): void;
  /** Undefined where no pointer is over the picture. */
  hover(at: Point | undefined): void;
}

/** Wheel, mouse, finger and pinch on an element. */
export function useGestures(element: RefObject<HTMLElement | null>, gestures: Gestures): void {
  const latest = useRef(gestures);
  latest.current = gestures;
  useEffect(() => (element.current ? listen(element.current, latest) : undefined), [element]);
}

function listen(target: HTMLElement, latest: { readonly current: Gestures }): () => void {
  const down = new Map<number, Point>();
  const controller = new AbortController();
  const { signal } = controller;
  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = target.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  };
  const onMove = (event: PointerEvent) => {
    const now = pointOf(event);
    latest.current.hover(now);
    const before = down.get(event.pointerId);
    if (!before) return;
    const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    down.set(event.pointerId, now);
    if (!other) {
      latest.current.pan(now.x - before.x, now.y - before.y);
      return;
    }
    const [was, is] = [distance(before, other), distance(now, other)];
    if (was > 0) latest.current.zoom(is / was, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    latest.current.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
  };
  const onUp = ({ pointerId }: PointerEvent) => down.delete(pointerId);
  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    // A notch of a wheel is 100 pixels, or 3 lines; a pinch on a touch pad comes in smaller steps, as the wheel with Ctrl.
    const pixels = event.deltaY * (event.deltaMode === event.DOM_DELTA_LINE ? 33 : 1);
    latest.current.zoom(2 ** (-pixels / (event.ctrlKey ? 60 : 250)), pointOf(event));
  };
  target.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      target.setPointerCapture(event.pointerId);
      down.set(event.pointerId, pointOf(event));
    },
    { signal },
  );
  target.addEventListener("pointermove", onMove, { signal });
  target.addEventListener("pointerup", onUp, { signal });
  target.addEventListener("pointercancel", onUp, { signal });
  target.addEventListener("pointerleave", () => latest.current.hover(undefined), { signal });
  target.addEventListener("wheel", onWheel, { signal, passive: false });
  return () => controller.abort();
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
