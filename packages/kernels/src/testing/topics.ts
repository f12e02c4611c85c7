import { activations } from "./activations.js";
import { arithmetic } from "./arithmetic.js";
import type { Topic } from "./case.js";
import { convolution } from "./convolution.js";
import { joining } from "./joining.js";
import { leakyConvolutions } from "./leaky-convolutions.js";
import { losses } from "./losses.js";
import { pooling } from "./pooling.js";
import { resizing } from "./resizing.js";
import { steps } from "./steps.js";
import { unpooling } from "./unpooling.js";
import { upConvolutions } from "./up-convolutions.js";

/** What a backend must compute for training: the operations of tfjs that networks use, and those of our own. */
export const topics: readonly Topic[] = [
  convolution,
  pooling,
  unpooling,
  activations,
  resizing,
  upConvolutions,
  leakyConvolutions,
  joining,
  arithmetic,
  losses,
  steps,
];
