export { type ImageSize, layerType, type ModelGraph, modelGraph, type Step, type Value } from "./model-graph.js";
export { operationsOf } from "./operations-of.js";
export { type Margins, type Reach, reachOf } from "./reach.js";
export { windowOf } from "./window-of.js";
