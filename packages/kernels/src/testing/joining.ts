import { concat, pad, slice, split, type Tensor, type Tensor4D, tile } from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import type { Case, Topic } from "./case.js";
import { type Reference, sample, sizeOf } from "./reference.js";

/** [before, of the axis, after]: in memory, an axis is `before` runs of `of the axis · after` values. */
function around(shape: readonly number[], axis: number): [number, number, number] {
  return [sizeOf(shape.slice(0, axis)), shape[axis] as number, sizeOf(shape.slice(axis + 1))];
}

function joined(parts: readonly Reference[], axis: number): Reference {
  const { shape } = parts[0] as Reference;
  const [before] = around(shape, axis);
  const values: number[] = [];
  for (let run = 0; run < before; run++) {
    for (const part of parts) {
      const length = part.values.length / before;
      values.push(...part.values.subarray(run * length, (run + 1) * length));
    }
  }
  const sides = parts.map((part) => part.shape[axis] as number);
  return {
    shape: shape.with(
      axis,
      sides.reduce((sum, side) => sum + side),
    ),
    values: Float64Array.from(values),
  };
}

function cut(x: Reference, axis: number, begin: number, count: number): Reference {
  const [before, side, after] = around(x.shape, axis);
  const values: number[] = [];
  for (let run = 0; run < before; run++) {
    const from = (run * side + begin) * after;
    values.push(...x.values.subarray(from, from + count * after));
  }
  return { shape: x.shape.with(axis, count), values: Float64Array.from(values) };
}

function concatCase(shape: readonly number[], axis: number, sides: readonly number[]): Case {
  const inputs = sides.map((side, i) => sample(10 + i, shape.with(axis, side)));
  return {
    name: `concatenation along axis ${axis} of [${shape}], sides ${sides.join(" + ")}`,
    inputs,
    run: (given) => concat(given, axis),
    expected: () => joined(inputs, axis),
  };
}

const image = [2, 3, 4, 5] as const;

function sliceCase(name: string, begin: readonly number[], size: readonly number[]): Case {
  const x = sample(20, image);
  return {
    name: `slice of ${name}`,
    inputs: [x],
    run: ([a]) => slice(a as Tensor4D, begin as [number, number, number, number], size as typeof image & number[]),
    expected: () =>
      begin.reduce((rest, from, axis) => {
        const count = size[axis] === -1 ? (image[axis] as number) - from : (size[axis] as number);
        return cut(rest, axis, from, count);
      }, x),
  };
}

function zeros(shape: readonly number[]): Reference {
  return { shape, values: new Float64Array(sizeOf(shape)) };
}

function padded(x: Reference, padding: readonly (readonly [number, number])[]): Reference {
  return padding.reduce((rest, [before, after], axis) => {
    const frame = (side: number) => zeros(rest.shape.with(axis, side));
    return joined([frame(before), rest, frame(after)], axis);
  }, x);
}

function padCase(padding: readonly (readonly [number, number])[]): Case {
  const x = sample(20, image);
  return {
    name: `zeros around: ${JSON.stringify(padding)}`,
    inputs: [x],
    run: ([a]) => pad(a as Tensor4D, padding as [number, number][]),
    expected: () => padded(x, padding),
  };
}

const splitting: Case = {
  name: "split of channels in 1, 3 and 4, of which the second is differentiated",
  inputs: [sample(20, [2, 3, 2, 8])],
  run([x]) {
    const [first, second, third] = split(x as Tensor, [1, 3, 4], 3) as [Tensor, Tensor, Tensor];
    return [second, first, third];
  },
  expected() {
    const [x] = this.inputs as [Reference];
    return [cut(x, 3, 1, 3), cut(x, 3, 0, 1), cut(x, 3, 4, 4)];
  },
};

const repeated: Case = {
  name: "one value repeated to an image",
  inputs: [sample(20, [1, 1, 1, 1])],
  run: ([x]) => tile(x as Tensor, [2, 3, 4, 5]),
  expected() {
    return { shape: image, values: new Float64Array(120).fill((this.inputs[0] as Reference).values[0] as number) };
  },
};

const framed: Case = {
  name: "zeros around by the padding layer, three pixels",
  inputs: [sample(20, image)],
  run: ([x]) =>
    layers
      .zeroPadding2d({
        padding: [
          [3, 3],
          [3, 3],
        ],
      })
      .apply(x as Tensor) as Tensor,
  expected() {
    return padded(this.inputs[0] as Reference, [
      [0, 0],
      [3, 3],
      [3, 3],
      [0, 0],
    ]);
  },
};

export const joining: Topic = {
  name: "joining and cutting",
  cases: [
    concatCase([2, 3, 2, 0], 3, [5, 3]),
    concatCase([1, 4, 5, 0], 3, [8, 8]),
    concatCase([3, 2, 1, 0], 3, [1, 1]),
    concatCase([1, 1, 1, 0], 3, [16, 4]),
    concatCase([2, 2, 3, 0], 3, [7, 1, 19]),
    concatCase([1, 3, 3, 0], 3, [2, 4, 1, 6, 3]),
    concatCase([2, 0, 4, 3], 1, [1, 1]),
    concatCase([2, 3, 0, 3], 2, [2, 5, 1]),
    concatCase([0, 3, 2, 4], 0, [1, 2, 1]),
    sliceCase("a part of every axis", [1, 1, 0, 2], [1, 2, 3, 2]),
    sliceCase("the last channel", [0, 0, 0, 4], [-1, -1, -1, 1]),
    sliceCase("rows", [0, 1, 0, 0], [-1, 1, -1, -1]),
    sliceCase("all", [0, 0, 0, 0], [-1, -1, -1, -1]),
    padCase([
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]),
    padCase([
      [0, 0],
      [0, 2],
      [0, 0],
      [0, 0],
    ]),
    padCase([
      [0, 0],
      [0, 0],
      [3, 0],
      [0, 0],
    ]),
    framed,
    splitting,
    repeated,
  ],
};
