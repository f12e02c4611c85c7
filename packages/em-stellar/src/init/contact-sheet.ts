import { probabilities, type Sample, visible } from "@em-stellar/core";
import { encodePng, previewOf } from "@em-stellar/data";

/** Images on a sheet: enough to see whether masks lie where they should. */
const most = 12;
/** Longest side of a picture, in pixels. */
const longest = 320;

/** A page of images beside their masks, with what was understood, to see at a glance whether it is right. */
export async function contactSheet(
  title: string,
  sentences: readonly string[],
  train: readonly Sample[],
  test: readonly Sample[],
): Promise<string> {
  const shown = [...spread(train, Math.min(train.length, most - Math.min(test.length, 4))), ...spread(test, 4)];
  const figures: string[] = [];
  for (const sample of shown) {
    const image = shrink(previewOf(await sample.image()));
    const map = await sample.mask?.();
    const grey = map && Uint8Array.from(probabilities(map), (value) => Math.round(255 * value));
    const mask = map && grey && shrink({ width: map.width, height: map.height, data: grey });
    const what = test.includes(sample) ? "test" : "training";
    const group = sample.group === undefined ? "" : `, group ${sample.group}`;
    figures.push(
      `<figure>${picture(image, `image ${sample.id}`)}${mask ? picture(mask, `mask ${sample.id}`) : ""}<figcaption>${escapeHtml(`${sample.id} (${what}${group})`)}</figcaption></figure>`,
    );
  }
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem }
div { display: flex; flex-wrap: wrap; gap: 1rem }
figure { margin: 0 } figcaption { font-size: 0.85rem }
img { width: 9.5rem; margin-right: 2px; image-rendering: pixelated }
</style>
<h1>${escapeHtml(title)}</h1>
<p>${sentences.map(escapeHtml).join("<br>")}</p>
<p>Each image beside its mask, with the object in white:</p>
<div>
${figures.join("\n")}
</div>
</html>
`;
}

function spread(samples: readonly Sample[], number: number): Sample[] {
  const shown = Math.min(number, samples.length);
  return Array.from({ length: shown }, (_, i) => samples[Math.floor((i * samples.length) / shown)] as Sample); // within the list
}

interface Grey {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

function shrink({ width, height, data }: Grey): Grey {
  const step = Math.max(1, Math.ceil(Math.max(width, height) / longest));
  const [columns, rows] = [Math.ceil(width / step), Math.ceil(height / step)];
  const small = Uint8Array.from(
    { length: columns * rows },
    (_, i) => data[Math.floor(i / columns) * step * width + (i % columns) * step] as number, // within the image
  );
  return { width: columns, height: rows, data: small };
}

function picture(image: Grey, alt: string): string {
  const bytes = Buffer.from(encodePng(image)).toString("base64");
  return `<img src="data:image/png;base64,${bytes}" alt="${escapeHtml(alt)}">`;
}

function escapeHtml(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
