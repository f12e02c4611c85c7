import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createTiffEncoder, drawPhantom, encodePng } from "@em-stellar/data";
import { encode } from "fast-png";

/** A way in which people keep images and masks. */
export interface Drawn {
  readonly name: string;
  /** Writes it into a folder. */
  draw(folder: string): void;
  /** What `init` makes of it: counts of images, and options of the source; or the question that it stops with. */
  readonly understood:
    | { readonly train: number; readonly test: number; readonly options: object }
    | { readonly asks: RegExp };
}

const side = 64;
const style = { contrast: 0.7, noise: 0.04, unevenness: 0.1, mitochondria: 8, darkBodies: 2 };

/** The phantom's slices, invented images of tissue with exact masks. */
function slice(seed: number, size = side) {
  const { image, mask } = drawPhantom(seed, size, style);
  return { image, mask: mask.map((object) => 255 * object), labels: numbered(mask, size) };
}

function put(folder: string, file: string, bytes: Uint8Array): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), bytes);
}
function png(data: Uint8Array, size = side): Uint8Array {
  return encodePng({ width: size, height: size, data });
}
/** Red where the object is, black elsewhere. */
function red(mask: Uint8Array): Uint8Array {
  const data = new Uint8Array(3 * mask.length);
  for (const [i, value] of mask.entries()) data[3 * i] = value;
  return encode({ width: side, height: side, channels: 3, data });
}
function stack(pages: readonly Uint8Array[]): Uint8Array {
  const encoder = createTiffEncoder(
    pages.map(() => ({ width: side, height: side })),
    8,
  );
  return Buffer.concat([...pages.flatMap((page) => encoder.add(page)), ...encoder.end()]);
}

/** Objects, as far as they hang together, numbered from 1. */
function numbered(mask: Uint8Array, size: number): Uint8Array {
  const labels = new Uint8Array(mask.length);
  let last = 0;
  for (const start of mask.keys()) {
    if (!mask[start] || labels[start]) continue;
    last++;
    const open = [start];
    labels[start] = last;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const x = at % size;
      const beside = [x > 0 ? at - 1 : at, x < size - 1 ? at + 1 : at, at - size, at + size];
      for (const next of beside) {
        if (!mask[next] || labels[next]) continue;
        labels[next] = last;
        open.push(next);
      }
    }
  }
  return labels;
}

const each = (count: number, write: (n: number, drawn: ReturnType<typeof slice>) => void) => {
  for (let n = 1; n <= count; n++) write(n, slice(n));
};

/** What the commands of README.md and docs/getting-started.md are given: images with masks, others without, masks of a program. */
export function drawReadersFolder(folder: string): void {
  layouts[0]?.draw(folder);
  each(2, (n, { image, mask }) => {
    put(folder, `new-images/b${n}.png`, png(image));
    put(folder, `truth/a${n}.png`, png(mask));
    put(folder, `predictions/ilastik/a${n}.png`, png(mask));
    put(folder, `predictions/nnunet/a${n}.png`, png(mask.map((value) => 255 - value)));
  });
}

/** The ways that were found in public data sets and in questions of users. */
export const layouts: readonly Drawn[] = [
  {
    name: "folders of images and masks, for training and for the test",
    draw: (folder) =>
      each(8, (n, { image, mask }) => {
        const set = n <= 6 ? "train" : "test";
        put(folder, `${set}/images/a${n}.png`, png(image));
        put(folder, `${set}/masks/a${n}.png`, png(mask));
      }),
    understood: {
      train: 6,
      test: 2,
      options: { images: "train/images", masks: "train/masks", testImages: "test/images", testMasks: "test/masks" },
    },
  },
  {
    name: "image_001 and mask_001 in one folder",
    draw: (folder) =>
      each(10, (n, { image, mask }) => {
        const number = String(n).padStart(3, "0");
        put(folder, `image_${number}.png`, png(image));
        put(folder, `mask_${number}.png`, png(mask));
      }),
    understood: { train: 8, test: 2, options: { masks: "mask_*", testShare: 0.2 } },
  },
  {
    name: "cell1 and cell1_label in one folder",
    draw: (folder) =>
      each(5, (n, { image, mask }) => {
        put(folder, `cell${n}.tif`, stack([image]));
        put(folder, `cell${n}_label.tif`, stack([mask]));
      }),
    understood: { train: 4, test: 1, options: { masks: "*_label.tif", testShare: 0.2 } },
  },
  {
    name: "one stack of slices and one of masks",
    draw: (folder) => {
      const slices = Array.from({ length: 10 }, (_, n) => slice(n + 1));
      put(folder, "volume.tif", stack(slices.map(({ image }) => image)));
      put(folder, "volume_labels.tif", stack(slices.map(({ mask }) => mask)));
    },
    understood: {
      train: 8,
      test: 2,
      options: { images: "volume.tif", masks: "volume_labels.tif", testRange: [9, 10] },
    },
  },
  {
    name: "a folder for each animal",
    draw: (folder) =>
      each(8, (n, { image, mask }) => {
        put(folder, `mouse${Math.ceil(n / 2)}/images/s${n}.png`, png(image));
        put(folder, `mouse${Math.ceil(n / 2)}/masks/s${n}.png`, png(mask));
      }),
    understood: { train: 6, test: 2, options: { images: "*/images/*", masks: "*/masks/*", groupBy: "^[^/]+" } },
  },
  {
    name: "a folder for each of two animals",
    draw: (folder) =>
      each(7, (n, { image, mask }) => {
        put(folder, `mouse${n <= 4 ? 1 : 2}/images/s${n}.png`, png(image));
        put(folder, `mouse${n <= 4 ? 1 : 2}/masks/s${n}.png`, png(mask));
      }),
    understood: { train: 4, test: 3, options: { groupBy: "^[^/]+", testGroups: ["mouse2"] } },
  },
  {
    name: "one image to learn from, and others for the test",
    draw: (folder) => {
      const { image, mask } = slice(1, 256);
      put(folder, "train/images/a.png", png(image, 256));
      put(folder, "train/masks/a.png", png(mask, 256));
      put(folder, "test/images/b.png", png(slice(2, 256).image, 256));
      put(folder, "test/masks/b.png", png(slice(2, 256).mask, 256));
    },
    understood: { train: 16, test: 16, options: { testImages: "test/images/b.png", tiles: 4 } },
  },
  {
    name: "numbered objects",
    draw: (folder) =>
      [1, 2, 3, 4, 5].forEach((n) => {
        const { image, labels } = slice(n, 128);
        put(folder, `images/${n}.png`, png(image, 128));
        put(folder, `labels/${n}.png`, png(labels, 128));
      }),
    understood: { train: 4, test: 1, options: { images: "images", masks: "labels", maskRule: "index" } },
  },
  {
    name: "masks painted red",
    draw: (folder) =>
      each(5, (n, { image, mask }) => {
        put(folder, `raw/${n}.png`, png(image));
        put(folder, `annotations/${n}.png`, red(mask));
      }),
    understood: { train: 4, test: 1, options: { images: "raw", masks: "annotations" } },
  },
  {
    name: "folders as nnU-Net has them",
    draw: (folder) =>
      each(6, (n, { image, mask }) => {
        const set = n <= 4 ? "Tr" : "Ts";
        put(folder, `images${set}/em_00${n}_0000.png`, png(image));
        put(folder, `labels${set}/em_00${n}.png`, png(mask.map((value) => value / 255)));
      }),
    understood: { train: 4, test: 2, options: { images: "imagesTr", masks: "labelsTr", testImages: "imagesTs" } },
  },
  {
    name: "test images without masks",
    draw: (folder) => {
      each(5, (n, { image, mask }) => {
        put(folder, `images/${n}.png`, png(image));
        put(folder, `masks/${n}.png`, png(mask));
      });
      put(folder, "test/6.png", png(slice(6).image));
    },
    understood: { train: 4, test: 1, options: { images: "images", masks: "masks", testShare: 0.2 } },
  },
  {
    name: "one image",
    draw: (folder) => {
      const { image, mask } = slice(1, 256);
      put(folder, "section.png", png(image, 256));
      put(folder, "section_mask.png", png(mask, 256));
    },
    understood: { train: 12, test: 4, options: { tiles: 4, testShare: 0.2 } },
  },
  {
    name: "folders that do not say what they hold",
    draw: (folder) =>
      each(4, (n, { image, mask }) => {
        put(folder, `A/${n}.png`, png(image));
        put(folder, `B/${n}.png`, png(mask));
      }),
    understood: { asks: /No file or folder is named as masks are[\s\S]*(`images` and `masks`|--images and --masks)/ },
  },
];
