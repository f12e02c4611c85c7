import { checks, createRandom, defineDataSource, type Sample, wholeNumber } from "@em-stellar/core";

export interface NewDataOptions {
  /** Width and height of every image, in pixels. */
  size: number;
  trainImages: number;
  testImages: number;
  seed: number;
}

const defaults: NewDataOptions = { size: 64, trainImages: 8, testImages: 2, seed: 1 };

/** Invented images of one dark square on a brighter ground, with exact masks. */
export const newData = defineDataSource({
  id: "new-data",
  summary: "Invented images of a dark square, with exact masks",
  defaults,
  check: checks(
    wholeNumber("size", { min: 8 }),
    wholeNumber("trainImages", { min: 2 }),
    wholeNumber("testImages", { min: 0 }),
  ),
  async open({ trainImages, testImages, ...square }: NewDataOptions) {
    const samples = (set: string, count: number) =>
      Array.from({ length: count }, (_, i) => sampleOf(`${set}-${i + 1}`, square));
    return { train: samples("train", trainImages), test: samples("test", testImages) };
  },
});

/** Each image is a group of its own: none resembles another more than all do. */
function sampleOf(id: string, { size, seed }: Pick<NewDataOptions, "size" | "seed">): Sample {
  const random = createRandom(`${seed}/${id}`);
  const side = Math.floor(size / 2);
  const [left, top] = [random.integer(size - side + 1), random.integer(size - side + 1)];
  const isObject = (i: number) => {
    const [x, y] = [(i % size) - left, Math.floor(i / size) - top];
    return x >= 0 && x < side && y >= 0 && y < side;
  };
  const draw = (inside: number, outside: number) =>
    Uint8Array.from({ length: size * size }, (_, i) => (isObject(i) ? inside : outside));
  return {
    id,
    group: id,
    image: async () => ({ width: size, height: size, channels: 1, data: draw(60, 180) }),
    mask: async () => ({ width: size, height: size, data: draw(1, 0), maximum: 1 }),
  };
}
