import type { Features, FeaturesOfModel, RunStore } from "@em-stellar/core";
import { plural } from "../format.js";
import { type Html, html, listed } from "../html.js";
import { dataUrl } from "../picture-file.js";
import type { Section } from "../section.js";
import { isLost, type LostPicture, readPicture } from "../stored-map.js";

/**
 * Some channels of each block as pictures, of as many networks as the budget of bytes has room for. `lose` is told of each picture
 * that is missing or damaged.
 */
export async function sheetsSection(
  { models, images, picture }: Features,
  store: RunStore,
  budget: number,
  lose: (picture: LostPicture) => void,
): Promise<Section | undefined> {
  const read = async (path: string) => {
    const found = await readPicture(store, path);
    if (isLost(found)) lose(found);
    return found;
  };
  const first = await read(picture);
  const image = isLost(first) ? undefined : first;
  let left = budget - (image?.length ?? 0) * (4 / 3); // as base64
  const shown: Html[] = [];
  const leftOut: string[] = [];
  for (const model of models) {
    const sheets = await Promise.all(model.sheets.map(({ path }) => read(path)));
    const size = sheets.reduce((sum, sheet) => sum + (isLost(sheet) ? 0 : sheet.length) * (4 / 3) + 500, 0); // 500: markup around it
    if (size > left) {
      leftOut.push(model.name);
      continue;
    }
    left -= size;
    shown.push(
      html`<h3>${model.name}</h3><div class="sheets">${sheets.map((sheet, i) => figure(model, i, sheet))}</div>`,
    );
  }
  if (shown.length === 0) return undefined;
  const name = images[0]?.name;
  return {
    id: "channels",
    title: "Channels",
    heading: "What channels look like",
    style: `
.sheets { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 1.1rem 1.6rem; align-items: start; }
.sheets figcaption { margin: 0 0 .35rem; }
.sheets img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; }
.seen { display: flex; flex-wrap: wrap; gap: .6rem 1.4rem; align-items: flex-start; }
.seen img { display: block; border-radius: 4px; height: auto; }
.seen .caption { flex: 1 1 20rem; margin-top: 0; }
@media print { .sheets figure { break-inside: avoid; } .sheets { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
`,
    body: html`<div class="seen">${image && html`<figure><img src="${dataUrl(image)}" width="128" alt="The image ${name}"><figcaption>${name}</figcaption></figure>`}
<p class="caption">Channels on ${images.length > 1 ? "the first image" : "the image"}, picked evenly from each block in the order of its layers, at their own resolution. Each is stretched from black to white, so brightness cannot be compared between pictures. A channel that is constant on this image is grey and crossed out. Pictures that look alike, or like negatives of each other, are correlated.${leftOut.length > 0 && html` To keep this page small, ${listed(leftOut)} ${leftOut.length === 1 ? "is" : "are"} left out; the pictures are next to the results.`}</p></div>
${shown}`,
  };
}

function figure(model: FeaturesOfModel, index: number, sheet: Uint8Array | LostPicture | undefined): Html | undefined {
  const block = model.blocks[index];
  const about = model.sheets[index];
  if (!block || !about) return undefined;
  const { name, channels, dead } = block;
  const caption = html`<figcaption><b>${name}</b> ${about.channels.length < channels && `${about.channels.length} of `}${plural(channels, "channel")}${dead > 0 && `, ${dead} dead`}</figcaption>`;
  if (!sheet || isLost(sheet)) {
    return html`<figure>${caption}<p class="none">${sheet ? `${sheet.path} ${sheet.problem}` : "There is no picture"}.</p></figure>`;
  }
  return html`<figure>${caption}<img src="${dataUrl(sheet)}" style="width:${(100 * Math.min(8, about.columns)) / 8}%" alt="Channels ${about.channels.join(", ")} of ${name}"></figure>`;
}
