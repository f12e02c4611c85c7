export type { ImageSize } from "../model-graph/model-graph.js";
export {
  type Complexity,
  complexity,
  type Flops,
  type LayerComplexity,
  type MemoryNeed,
  type UnknownLayer,
} from "./complexity.js";
