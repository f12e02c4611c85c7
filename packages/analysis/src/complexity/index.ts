export {
  type Complexity,
  complexity,
  type Flops,
  type LayerComplexity,
  type MemoryNeed,
  type UnknownLayer,
} from "./complexity.js";
export type { ImageSize } from "./graph.js";
