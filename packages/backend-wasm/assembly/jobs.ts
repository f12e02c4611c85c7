import { addPerChannel, layChannels } from "./add-per-channel";
import { batchNormApply, batchNormFinish, batchNormSums } from "./batch-norm";
import { batchNormGradApply, batchNormGradFinish, batchNormGradSums, batchNormTables } from "./batch-norm-gradient";
import { convolution } from "./convolution";
import { packFilter } from "./convolution-filter";
import { filterGradient } from "./filter-gradient";
import { copyChannels } from "./copy-channels";
import { leaky, leakyGrad, leakyGradFinish, leakyTables, reluGrad } from "./leaky";
import { overlapGradient, overlapSums, pixelLoss } from "./loss";
import { maxPool, maxPoolGrad } from "./max-pool";
import { maxPoolWithIndices, maxUnpool, maxUnpoolGrad } from "./max-unpool";
import { optimizerStep } from "./optimizer-step";
import { enlarge, enlargeGrad } from "./resize";
import { slice } from "./slice";
import { sumFinish, sumPerChannel } from "./sum";
import { winograd } from "./winograd";
import { winogradFilter } from "./winograd-filter";
import { winogradFilterGradient } from "./winograd-filter-gradient";

/**
 * One part of a job. The numbers are those of `Job` in src/wasm/job.ts, and each kernel says what its arguments are. Parts
 * write to different places, so that threads can run them at once.
 */
export function job(kind: i32, args: usize, part: i32, parts: i32): void {
  switch (kind) {
    case 10:
      packFilter(args, part, parts);
      break;
    case 11:
      convolution(args, part, parts);
      break;
    case 12:
      filterGradient(args, part, parts);
      break;
    case 13:
      winogradFilter(args, part, parts);
      break;
    case 14:
      winograd(args, part, parts);
      break;
    case 15:
      winogradFilterGradient(args, part, parts);
      break;
    case 20:
      batchNormSums(args, part, parts);
      break;
    case 21:
      batchNormFinish(args);
      break;
    case 22:
      batchNormApply(args, part, parts);
      break;
    case 23:
      batchNormTables(args);
      break;
    case 24:
      batchNormGradSums(args, part, parts);
      break;
    case 25:
      batchNormGradFinish(args);
      break;
    case 26:
      batchNormGradApply(args, part, parts);
      break;
    case 30:
      sumPerChannel(args, part, parts);
      break;
    case 31:
      sumFinish(args);
      break;
    case 32:
      leakyTables(args);
      break;
    case 33:
      leaky(args, part, parts);
      break;
    case 34:
      leakyGrad(args, part, parts);
      break;
    case 35:
      leakyGradFinish(args);
      break;
    case 36:
      reluGrad(args, part, parts);
      break;
    case 37:
      layChannels(args);
      break;
    case 38:
      addPerChannel(args, part, parts);
      break;
    case 40:
      maxPool(args, part, parts);
      break;
    case 41:
      maxPoolGrad(args, part, parts);
      break;
    case 42:
      maxPoolWithIndices(args, part, parts);
      break;
    case 43:
      maxUnpool(args, part, parts);
      break;
    case 44:
      maxUnpoolGrad(args, part, parts);
      break;
    case 45:
      enlarge(args, part, parts);
      break;
    case 46:
      enlargeGrad(args, part, parts);
      break;
    case 47:
      copyChannels(args, part, parts);
      break;
    case 48:
      slice(args, part, parts);
      break;
    case 50:
      optimizerStep(args, part, parts);
      break;
    case 55:
      pixelLoss(args, part, parts);
      break;
    case 56:
      overlapSums(args, part, parts);
      break;
    case 57:
      overlapGradient(args, part, parts);
      break;
  }
}
