import type { DataContext, DataSource, Dataset, Sample } from "../../data-source.js";
import { fault } from "./subject.js";

/** What every data source must do. */
export function dataSourceChecks(
  source: DataSource,
  context: DataContext,
): Readonly<Record<string, () => Promise<void>>> {
  return {
    "lists samples to learn from and to test on": () => checkLists(source, context),
    "gives each sample an image and a mask of one size": () => checkPixels(source, context),
    "has objects and background to learn from": () => checkClasses(source, context),
    "tests on no image that it trains on": () => checkApart(source, context),
    "gives the same again": () => checkRepeat(source, context),
  };
}

async function checkLists(source: DataSource, context: DataContext): Promise<void> {
  const { train, test } = await source.open(context);
  for (const [part, samples] of Object.entries({ train, test })) {
    if (samples.length === 0) throw fault(source, `has no samples in "${part}". A benchmark needs some of both.`);
  }
  const ids = [...train, ...test].map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined)
    throw fault(source, `has two samples named "${twice}". Results tell images apart by their ids.`);
}

async function checkPixels(source: DataSource, context: DataContext): Promise<void> {
  const channels = new Map<number, string>();
  for (const sample of all(await source.open(context))) {
    const image = await sample.image();
    const mask = await maskOf(source, sample);
    if (image.data.length !== image.width * image.height * image.channels) {
      throw fault(
        source,
        `gives ${image.data.length} values for the image "${sample.id}" of ${image.width} × ${image.height} pixels and ${image.channels} channels. Needed: width × height × channels.`,
      );
    }
    if (mask.width !== image.width || mask.height !== image.height || mask.data.length !== mask.width * mask.height) {
      throw fault(
        source,
        `gives "${sample.id}" an image of ${image.width} × ${image.height} pixels and a mask of ${mask.width} × ${mask.height} with ${mask.data.length} values. They must match pixel for pixel.`,
      );
    }
    const stray = image.data.find((value) => !Number.isFinite(value));
    if (stray !== undefined) throw fault(source, `has the value ${stray} in the image "${sample.id}".`);
    const outside = mask.data.find((value) => !(value >= 0 && value <= mask.maximum));
    if (outside !== undefined) {
      throw fault(source, `has ${outside} in the mask of "${sample.id}", outside 0 to its maximum ${mask.maximum}.`);
    }
    channels.set(image.channels, sample.id);
  }
  if (channels.size > 1) {
    const each = [...channels].map(([count, id]) => `${count} ("${id}")`).join(" and ");
    throw fault(source, `has images of ${each} channels. All images of a data set must have the same number.`);
  }
}

async function checkClasses(source: DataSource, context: DataContext): Promise<void> {
  const found = new Set<boolean>();
  for (const sample of (await source.open(context)).train) {
    const { data, maximum } = await maskOf(source, sample);
    for (const value of data) found.add(value > maximum / 2);
  }
  if (found.size === 2) return;
  throw fault(
    source,
    `has training masks that are ${found.has(true) ? "all object" : "all background"}: there is nothing to tell apart. Object is what lies above half of the mask's maximum.`,
  );
}

async function checkApart(source: DataSource, context: DataContext): Promise<void> {
  const { train, test } = await source.open(context);
  const seen = new Map<string, string>();
  for (const sample of train) seen.set(String((await sample.image()).data), sample.id);
  for (const sample of test) {
    const twin = seen.get(String((await sample.image()).data));
    if (twin === undefined) continue;
    throw fault(source, `tests on "${sample.id}", whose pixels are those of the training image "${twin}".`);
  }
}

async function checkRepeat(source: DataSource, context: DataContext): Promise<void> {
  const [first, again] = [all(await source.open(context)), all(await source.open(context))];
  if (String(first.map(({ id }) => id)) !== String(again.map(({ id }) => id))) {
    throw fault(
      source,
      "lists other samples, or in another order, when it is opened again. Sort them, and seed what is drawn.",
    );
  }
  for (const [i, sample] of first.entries()) {
    const images = [sample, sample, again[i] as Sample].map(async (each) => String((await each.image()).data)); // the same ids
    if (new Set(await Promise.all(images)).size === 1) continue;
    throw fault(source, `gives other pixels when the image "${sample.id}" is read again. Seed what is drawn.`);
  }
}

function all({ train, test }: Dataset): Sample[] {
  return [...train, ...test];
}

async function maskOf(source: DataSource, sample: Sample) {
  const mask = await sample.mask?.();
  if (mask) return mask;
  throw fault(source, `has no mask for "${sample.id}". Training and test images need one.`);
}
