/** What a convolution or a pooling looks at for each output. */
export interface Window {
  readonly height: number;
  readonly width: number;
  readonly stride: number;
  readonly pad: "same" | "valid";
}

/** 3×3, stride 2, valid. */
export function describeWindow({ height, width, stride, pad }: Window): string {
  return `${height}×${width}, stride ${stride}, ${pad}`;
}

/** Output size and the zeros before the first element, by TensorFlow's rules. */
function extent(size: number, window: number, stride: number, pad: Window["pad"]): { out: number; before: number } {
  if (pad === "valid") return { out: Math.floor((size - window) / stride) + 1, before: 0 };
  const out = Math.ceil(size / stride);
  return { out, before: Math.floor(Math.max(0, (out - 1) * stride + window - size) / 2) };
}

/** [batch, rows, columns] of the output for an image [batch, height, width, …]. */
export function outputOf(
  [batch, height, width]: readonly number[],
  window: Window,
): [batch: number, rows: number, columns: number] {
  const { out: rows } = extent(height as number, window.height, window.stride, window.pad);
  const { out: columns } = extent(width as number, window.width, window.stride, window.pad);
  return [batch as number, rows, columns];
}

/** Calls `visit` for each tap of each window that lies in the image: pixel of the output, tap, pixel of the input, each counted from 0. */
export function eachTap(
  shape: readonly number[],
  window: Window,
  visit: (output: number, tap: number, input: number) => void,
): void {
  const [batch, height, width] = shape as [number, number, number];
  const vertical = extent(height, window.height, window.stride, window.pad);
  const horizontal = extent(width, window.width, window.stride, window.pad);
  let output = 0;
  for (let image = 0; image < batch; image++) {
    for (let row = 0; row < vertical.out; row++) {
      for (let column = 0; column < horizontal.out; column++) {
        for (let r = 0; r < window.height; r++) {
          const y = row * window.stride + r - vertical.before;
          if (y < 0 || y >= height) continue;
          for (let c = 0; c < window.width; c++) {
            const x = column * window.stride + c - horizontal.before;
            if (x >= 0 && x < width) visit(output, r * window.width + c, (image * height + y) * width + x);
          }
        }
        output++;
      }
    }
  }
}
