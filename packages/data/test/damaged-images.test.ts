import { readdirSync, readFileSync } from "node:fs";
import { createRandom, InputError } from "@em-stellar/core";
import { decodeImage } from "@em-stellar/data";
import { expect, it } from "vitest";

// How many damaged files are tried; a longer run: EM_STELLAR_DAMAGED_IMAGES=100000.
const tries = Number(process.env.EM_STELLAR_DAMAGED_IMAGES ?? 4000);
const mostMilliseconds = 2000;
const mostValues = 2 ** 26;

const folders = ["fixtures/", "cases/"].map((folder) => new URL(folder, import.meta.url).pathname);
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => /\.(png|tif)$/.test(name))
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(folder + name)) })),
);

it(
  `${tries} damaged files give an image or a reason, in time and within the size of what they hold`,
  async () => {
    const random = createRandom("damaged images");
    const counts = { refused: 0, read: 0, slowest: 0, largest: 0 };
    for (let i = 0; i < tries; i++) {
      const { name, bytes } = files[random.integer(files.length)] as (typeof files)[number]; // within the list
      const damaged = damage(bytes, random.integer);
      const started = performance.now();
      try {
        const images = await decodeImage(damaged, name);
        counts.read++;
        for (const { data } of images) counts.largest = Math.max(counts.largest, data.length);
      } catch (error) {
        if (!(error instanceof InputError)) throw new Error(`Try ${i}, of ${name}: ${error}`, { cause: error });
        expect(error.message).toContain(name);
        counts.refused++;
      }
      counts.slowest = Math.max(counts.slowest, performance.now() - started);
    }
    expect(counts.refused).toBeGreaterThan(tries / 10);
    expect(counts.read).toBeGreaterThan(tries / 20);
    expect(counts.slowest).toBeLessThan(mostMilliseconds);
    expect(counts.largest).toBeLessThan(mostValues);
    if (process.env.EM_STELLAR_DAMAGED_IMAGES) console.log(counts);
  },
  60_000 + 20 * tries,
);

/** Changes bytes, mostly those of the header; numbers of two or four bytes become small or huge; or the file is cut, or a part doubled. */
function damage(bytes: Uint8Array, integer: (below: number) => number): Uint8Array {
  let out = bytes.slice();
  for (let times = 1 + integer(4); times > 0; times--) {
    const nearHeader = integer(2) === 0 ? Math.min(out.length, 64) : out.length;
    const at =
      integer(2) === 0 ? integer(nearHeader) : Math.max(0, out.length - 1 - integer(Math.min(out.length, 400)));
    const view = new DataView(out.buffer, out.byteOffset, out.length);
    switch (integer(6)) {
      case 0:
        out[at] = integer(256);
        break;
      case 1:
        out[at] = (out[at] as number) ^ (1 << integer(8));
        break;
      case 2:
        if (at + 2 <= out.length)
          view.setUint16(at, [0, 1, 255, 65535, integer(65536)][integer(5)] as number, integer(2) === 0);
        break;
      case 3:
        if (at + 4 <= out.length) {
          view.setUint32(
            at,
            [0, 1, 65536, 2 ** 31, 2 ** 32 - 1, integer(out.length)][integer(6)] as number,
            integer(2) === 0,
          );
        }
        break;
      case 4:
        out = out.slice(0, Math.max(1, at));
        break;
      default: {
        const part = out.slice(at, at + integer(200));
        out = Uint8Array.from([...out.subarray(0, at), ...part, ...out.subarray(at)]);
      }
    }
  }
  return out;
}
