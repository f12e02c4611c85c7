import type { GradConfig } from "@tensorflow/tfjs-core";
import { activations, batchNormGradient } from "./batch-norm.js";
import { dropoutGradient } from "./dropout.js";
import { preluGradient } from "./prelu-gradient.js";
import { reluGradient } from "./relu-gradient.js";

/** Gradients of our own operations, and faster ones of tfjs's, where the current backend has the kernels. */
export function gradients(): GradConfig[] {
  return [...activations.map(batchNormGradient), dropoutGradient, preluGradient(), reluGradient];
}
