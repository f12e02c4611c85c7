import { checks, oneOf } from "@em-stellar/core";
import { applyLayer, defineNetwork, leCunUniform, normal, type Seeds, zeroWeights } from "@em-stellar/core/training";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { DilatedDeconvolution } from "./deconvolution-layer.js";
import { ObjectProbability } from "./object-probability-layer.js";
import { type ClassicOptions, checkHead, classicChecks, classicDefaults, type HeadOptions } from "./options.js";
import { type Convolution, type Parts, partsOf, styleOf } from "./parts.js";

export interface Cdeep3mOptions extends ClassicOptions, HeadOptions {
  /** How convolutions start. `"xavier"`: as in CDeep3M's files, Caffe's uniform range by fan-in, and 0.01 in the stem. The heads always start as in those files. */
  kernelInitializer: "xavier" | "he-normal" | "glorot-uniform";
}

const defaults: Cdeep3mOptions = {
  ...classicDefaults,
  baseFilters: 32,
  batchNormMomentum: 0.999,
  kernelInitializer: "xavier",
  head: "faithful",
};

const drawnFrom = (standardDeviation: number) => (seed: Seeds) => normal(standardDeviation, seed);

/** A convolution within a branch: filters as of the authors' width, kernel height and width, stride. */
interface Link {
  readonly filters: number;
  readonly kernel: [height: number, width: number];
  readonly stride?: 2;
  /** Whether the ReLU is left out. */
  readonly linear?: true;
}

const one = (filters: number): Link => ({ filters, kernel: [1, 1] });
const three = (filters: number): Link => ({ filters, kernel: [3, 3] });
const halving = (filters: number): Link => ({ filters, kernel: [3, 3], stride: 2 });
const row = (filters: number, taps: number): Link => ({ filters, kernel: [1, taps] });
const column = (filters: number, taps: number): Link => ({ filters, kernel: [taps, 1] });

type Branches = readonly (readonly Link[])[];

const stem: Branches = [
  [one(64), { ...three(96), linear: true }],
  [one(64), column(64, 7), row(64, 7), three(96)],
];
/** What each level does after it has entered: a residual block, then, but for the deepest, branches that halve the size. */
const levels: readonly { enter: number; residual: Branches; reduction: Branches | undefined }[] = [
  {
    enter: 384,
    residual: [[one(32)], [one(32), three(32)], [one(32), three(48), three(64)]],
    reduction: [[halving(384)], [one(256), three(256), halving(384)]],
  },
  {
    enter: 1154, // sic
    residual: [[one(192)], [one(128), row(160, 7), column(192, 7)]],
    reduction: [
      [one(256), halving(384)],
      [one(256), halving(288)],
      [one(256), three(288), halving(320)],
    ],
  },
  { enter: 2048, residual: [[one(192)], [one(192), row(224, 3), column(256, 3)]], reduction: undefined },
];
const dilations = [1, 5, 11, 17, 23] as const;

/**
 * CDeep3M's network for single images ("1fm"): inception and residual blocks, and heads on four levels that enlarge to full
 * size, mostly by dilated deconvolutions. Its two classes end in the probability of the object.
 */
export const cdeep3m = defineNetwork({
  id: "cdeep3m",
  summary: "CDeep3M, 1fm: inception-residual encoder, heads of dilated deconvolutions",
  citation:
    "Haberl M. et al., CDeep3M: plug-and-play cloud-based deep learning for image segmentation, Nature Methods 2018, doi:10.1038/s41592-018-0106-z",
  defaults,
  layers: [DilatedDeconvolution, ObjectProbability],
  check: checks(
    classicChecks(defaults.baseFilters),
    checkHead,
    oneOf("kernelInitializer", ["xavier", "he-normal", "glorot-uniform"]),
  ),
  stride: () => 16,
  build(options: Cdeep3mOptions, [height, width, channels], seed) {
    const faithful = options.kernelInitializer === "xavier";
    const style = styleOf(options, seed);
    const parts = partsOf({ ...style, batchNormEpsilon: 1e-5, ...(faithful ? { initializer: leCunUniform } : {}) });
    const { concatenate, pool, frame, activate, add } = parts;
    const scaled = (filters: number) => Math.max(1, Math.round((filters * options.baseFilters) / defaults.baseFilters));
    const ofStem = faithful ? { initializer: drawnFrom(0.01) } : {};

    const convolve = (x: SymbolicTensor, place: string, link: Link, more: Partial<Convolution> = {}) => {
      const { kernel, stride, linear } = link;
      // Caffe pads one pixel on every side; "same" would pad below and on the right only.
      const y = stride ? frame(x, place, 1) : x;
      return parts.convolution(y, place, {
        filters: scaled(link.filters),
        kernelSize: kernel,
        ...(stride ? { strides: stride, padding: "valid" } : {}),
        ...(linear ? { after: "norm" } : {}),
        ...more,
      });
    };
    const branches = (x: SymbolicTensor, place: string, links: Branches, more: Partial<Convolution> = {}) =>
      links.map((branch, b) =>
        branch.reduce((y, link, i) => convolve(y, `${place}-branch-${b + 1}-conv-${i + 1}`, link, more), x),
      );
    const halve = (x: SymbolicTensor, place: string, links: Branches, more: Partial<Convolution> = {}) =>
      concatenate([pool(x, place, 3, "same"), ...branches(x, place, links, more)], place);

    const image = input({ name: "image", shape: [height, width, channels] });
    let x = convolve(image, "stem-conv-1", halving(32), ofStem);
    x = convolve(x, "stem-conv-2", three(64), ofStem);
    x = concatenate(branches(x, "stem", stem, ofStem), "stem");
    const sources = [x];
    x = halve(x, "stem-reduction", [[halving(192)]], ofStem);
    for (const [index, { enter, residual, reduction }] of levels.entries()) {
      const place = `encoder-${index + 1}`;
      x = convolve(x, `${place}-conv`, one(enter));
      const joined = concatenate(branches(x, `${place}-residual`, residual), `${place}-residual`);
      const change = convolve(joined, `${place}-residual-conv`, { ...one(enter), linear: true });
      const tenth = applyLayer(layers.rescaling({ name: `${place}-residual-scale`, scale: 0.1 }), change);
      x = activate(add([x, tenth], `${place}-residual`), `${place}-residual`);
      sources.push(index === levels.length - 1 ? parts.drop(x) : x);
      if (reduction) x = halve(x, `${place}-reduction`, reduction);
    }
    const heads = sources.map((source, index) => headOf(source, index, options, parts, seed));
    const probability = applyLayer(new ObjectProbability({ name: "probability" }), add(heads, "heads"));
    return model({ name: "cdeep3m", inputs: image, outputs: probability });
  },
});

/** Two channels at full size from one level; the deepest has one deconvolution, the others five. */
function headOf(
  source: SymbolicTensor,
  index: number,
  { head }: HeadOptions,
  { add, normalize, activate, convolution }: Parts,
  seed: Seeds,
): SymbolicTensor {
  const place = `head-${index + 1}`;
  const scale = 2 ** (index + 1);
  const spread = seed === zeroWeights ? 0 : 0.01;
  const enlarged = (scale === 16 ? dilations.slice(0, 1) : dilations).map((dilation) => {
    const start = dilation === 1 ? { kernelStart: "bilinear" as const } : { kernelStart: spread, seed: seed() };
    const name = `${place}-deconv-${dilation}`;
    return applyLayer(
      new DilatedDeconvolution({ name, filters: 2, size: 2 * scale, scale, dilation, ...start }),
      source,
    );
  });
  const sum = enlarged.length === 1 ? (enlarged[0] as SymbolicTensor) : add(enlarged, place);
  const x = activate(normalize(sum, place), place);
  const after = head === "faithful" ? "norm-relu" : "norm";
  return convolution(x, `${place}-conv`, { filters: 2, after, initializer: drawnFrom(0.001) });
}
