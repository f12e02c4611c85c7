import type { ComponentType } from "preact";

/** A screen and its address. */
export interface Route {
  /** The address is `#/` and this. */
  readonly id: string;
  readonly title: string;
  /** Its place on the way from images to results; the others stand beside it. */
  readonly step?: number;
  /** The screen's code is fetched when the screen is first shown. */
  readonly load: () => Promise<ComponentType>;
}

/** Every screen, in the order of the way through a project. */
export const routes: readonly [Route, ...Route[]] = [
  { id: "welcome", title: "Welcome", load: async () => (await import("../screens/welcome.js")).Welcome },
  { id: "data", title: "Data", step: 1, load: async () => (await import("../screens/data.js")).Data },
  { id: "suite", title: "Networks", step: 2, load: async () => (await import("../screens/suite.js")).Suite },
  { id: "train", title: "Train", step: 3, load: async () => (await import("../screens/train.js")).Train },
  { id: "results", title: "Results", step: 4, load: async () => (await import("../screens/results.js")).ResultsScreen },
  { id: "segment", title: "Segment", load: async () => (await import("../screens/segment.js")).Segment },
  { id: "evaluate", title: "Evaluate", load: async () => (await import("../screens/evaluate.js")).Evaluate },
];
