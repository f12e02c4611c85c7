import { backend_util } from "@tensorflow/tfjs-core";

/** Numbers of a convolution of NHWC images with a filter [filterHeight, filterWidth, inChannels, outChannels]. */
export type Geometry = Pick<
  backend_util.Conv2DInfo,
  | "batchSize"
  | "inHeight"
  | "inWidth"
  | "inChannels"
  | "outHeight"
  | "outWidth"
  | "outChannels"
  | "filterHeight"
  | "filterWidth"
  | "strideHeight"
  | "strideWidth"
  | "outShape"
> & { readonly top: number; readonly left: number };

export interface ConvolutionAttrs {
  readonly strides: number | [number, number];
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dilations?: number | [number, number];
  readonly dataFormat?: "NHWC" | "NCHW";
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
}

/** Undefined where the convolution is none of ours: dilated, or of other layouts. */
export function geometryOf(
  x: readonly number[],
  filter: readonly number[],
  { strides, pad, dilations = 1, dataFormat = "NHWC", dimRoundingMode }: ConvolutionAttrs,
): Geometry | undefined {
  const info = backend_util.computeConv2DInfo(
    x as [number, number, number, number],
    filter as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    false,
    backend_util.convertConv2DDataFormat(dataFormat),
  );
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = info;
  if (info.dilationHeight > 1 || info.dilationWidth > 1 || info.dataFormat !== "channelsLast") return undefined;
  if (batchSize * inHeight * inWidth * inChannels * outHeight * outWidth * outChannels <= 0) return undefined;
  return { ...info, top: info.padInfo.top, left: info.padInfo.left };
}
