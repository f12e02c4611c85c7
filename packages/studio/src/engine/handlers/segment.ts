import { nextTurn, probabilities } from "@em-stellar/core";
import { asModelTakes, isUnlike, type NamedRange, rangeOf, unlikeWarning } from "@em-stellar/runner";
import { buffersOf, type Levels, levelsOf } from "../../viewer/levels.js";
import { placeOf, setOf } from "../image-sets.js";
import { openSegmenter, type Segmenter } from "../open-models.js";
import { openedProject } from "../opened.js";
import { modelsOfRun } from "../project-models.js";
import type { Call } from "../protocol.js";
import type { PagePlace } from "../requests/images.js";
import type { FoundObjects, ModelChoice, OpenedModel, SegmentRequests } from "../requests/segment.js";
import { forgetSegmented, keepSegmented, objectsOf, requireRoom, segmentedOf } from "../segmented.js";
import { handingOver } from "../transfer.js";

let segmenter: Segmenter | undefined;

export async function listModels(): Promise<ModelChoice[]> {
  const { project, storage } = await openedProject();
  const found: ModelChoice[] = [];
  for (const { id } of [...project.runs].reverse()) found.push(...(await modelsOfRun(await storage.runStore(id), id)));
  return found;
}

export async function openModel({ source, device }: SegmentRequests["open-model"]["asked"]): Promise<OpenedModel> {
  segmenter?.dispose();
  segmenter = undefined;
  forgetSegmented();
  const opened = await openSegmenter(source, device);
  segmenter = opened;
  const { name, members } = opened;
  const thresholds = members.map(({ notes }) => notes?.threshold ?? 0.5);
  return {
    name,
    sentences: describe(opened),
    threshold: thresholds.reduce((sum, each) => sum + each, 0) / thresholds.length,
    members: members.length,
    device: opened.device,
  };
}

function describe({ members, channels }: Segmenter): string[] {
  const [first] = members;
  const { network, training } = first?.notes ?? {};
  const networks = [...new Set(members.map(({ notes }) => notes?.network?.id))].filter((id) => id !== undefined);
  return [
    ...(networks.length > 0 ? [`Network: ${networks.join(", ")}.`] : []),
    ...(members.length > 1 ? [`${members.length} models are combined.`] : []),
    ...(network && training
      ? [
          `Trained on ${training.images} images with values from ${training.lowest} to ${training.highest}; the weights of step ${training.step}, the best by ${training.criterion}.`,
        ]
      : []),
    ...(channels === 1 ? [] : [`Takes images of ${channels} channels.`]),
  ];
}

export async function segment(
  { set: number }: SegmentRequests["segment"]["asked"],
  { tell, signal }: Call<"segment">,
): Promise<SegmentRequests["segment"]["answered"]> {
  if (!segmenter) throw new Error("unreachable: the page opens a model first");
  const { channels, members, predict } = segmenter;
  const set = setOf(number);
  const places = [...set.files.values()].flat();
  const pixelsOf = ({ width, height }: { width: number; height: number }) => width * height;
  const pixels = places.reduce((sum, place) => sum + pixelsOf(place), 0);
  requireRoom(pixels);
  const notes = members[0]?.notes;
  const read = async (place: (typeof places)[number]) =>
    asModelTakes(await set.reader.readPage(place), channels, place.name);
  // What cannot be used is known before the first image is segmented.
  const unlike: NamedRange[] = [];
  for (const place of places) {
    const range = rangeOf(await read(place), place.name);
    if (isUnlike(range, notes)) unlike.push(range);
    await nextTurn();
    signal.throwIfAborted();
  }
  let before = 0;
  for (const place of places) {
    const { file: path, page } = place;
    const where = { set: number, path, page };
    if (!segmentedOf(where)) {
      const map = await predict(await read(place), (share) => {
        signal.throwIfAborted();
        tell({ share: (before + share * pixelsOf(place)) / pixels });
      });
      keepSegmented(where, { width: map.width, height: map.height, data: probabilities(map) });
      await nextTurn();
      signal.throwIfAborted();
    }
    before += pixelsOf(place);
    tell({ share: before / pixels, page: { path, page } });
  }
  const warning = unlikeWarning(unlike, notes);
  return { warnings: warning === undefined ? [] : [warning] };
}

export async function readSegmented(place: PagePlace): Promise<Levels | null> {
  placeOf(setOf(place.set), place.path, place.page);
  const map = segmentedOf(place);
  if (!map) return null;
  const { width, height, data } = map;
  const levels = levelsOf({ width, height, channels: 1, data: data.slice() });
  return handingOver(levels, buffersOf(levels));
}

/** Objects that the page lists. */
const mostListed = 200;

export async function measure({
  threshold,
  minArea,
  ...place
}: SegmentRequests["measure"]["asked"]): Promise<FoundObjects> {
  const map = segmentedOf(place);
  if (!map) return { count: 0, area: 0, largest: [] };
  const { objects } = objectsOf(map, { threshold, minArea });
  const area = objects.reduce((sum, object) => sum + object.area, 0);
  const largest = objects.toSorted((a, b) => b.area - a.area || a.number - b.number).slice(0, mostListed);
  return {
    count: objects.length,
    area,
    largest: largest.map(({ number, area, x, y }) => ({ number, area, x, y })),
    ...(objects.length > 0 && { meanArea: area / objects.length }),
  };
}
