import { useEffect, useMemo, useState } from "preact/hooks";
import { ask } from "../../engine/client.js";
import type { Picture } from "../../viewer/draw.js";
import type { Levels } from "../../viewer/levels.js";
import { createPageCache } from "../../viewer/page-cache.js";
import { Viewer } from "../../viewer/viewer.js";
import { done, image, keyOf, nanometre, opened, seen, threshold } from "./state.js";

/** Amber: told apart from grey by every kind of colour vision. */
const colour = [255, 176, 0] as const;
/** Bytes of pages that the page keeps to look at. */
const mostBytes = 256 * 2 ** 20;

/** The images, with what was found in them. */
export function Look() {
  const { set, images } = opened.value ?? { set: 0, images: [] };
  const current = image.value;
  const page = Math.min(seen.value.page, (current?.pages ?? 1) - 1);
  const path = current?.path ?? "";
  const cache = useMemo(
    () => createPageCache((index: number) => ask("read-page", { set, path, page: index }), bytesOf, mostBytes),
    [set, path],
  );
  const picture = useLatest(`${set} ${path}`, page, cache.peek(page), () => cache.get(page));
  const key = keyOf(path, page);
  const isDone = done.value.has(key);
  const map = useMap(isDone ? { set, path, page } : undefined);
  if (!current) return null;
  const mapLayer = map && { name: "Objects", map, maximum: 1, threshold: threshold.value, colour };
  const shown = picture.value;
  const pictures: Picture[] = shown
    ? [
        { name: "Image", image: shown, layers: mapLayer ? [mapLayer] : [] },
        ...(map ? [{ name: "Probability", image: map, layers: [], contrast: { black: 0, white: 1 } }] : []),
      ]
    : [];
  return (
    <section aria-label="Image viewer">
      {images.length > 1 && (
        <label class="field">
          Image
          <select
            value={path}
            onChange={({ currentTarget }) => {
              seen.value = { path: currentTarget.value, page: 0 };
            }}
          >
            {images.map((each) => (
              <option key={each.path} value={each.path}>
                {each.path}
              </option>
            ))}
          </select>
        </label>
      )}
      {picture.problem && (
        <p role="alert" class="problem">
          {picture.problem}
        </p>
      )}
      <div class="viewer-place">
        {pictures.length > 0 && (
          <Viewer
            label={current.path}
            pictures={pictures}
            pages={{
              count: current.pages,
              at: page,
              onChange: (next) => {
                seen.value = { path, page: next };
              },
            }}
            nanometre={nanometre.value}
          />
        )}
      </div>
    </section>
  );
}

interface Latest {
  readonly of: string;
  readonly value?: Levels;
  readonly problem?: string;
}

/** The page that was asked for last; until it is there, the page before it, unless that is of another image. */
function useLatest(
  of: string,
  page: number,
  kept: Levels | undefined,
  read: () => Promise<Levels>,
): Omit<Latest, "of"> {
  const [latest, setLatest] = useState<Latest>({ of });
  useEffect(() => {
    let isCurrent = true;
    read().then(
      (value) => isCurrent && setLatest({ of, value }),
      (error: unknown) =>
        isCurrent && setLatest({ of, problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [of, page]);
  if (kept) return { value: kept };
  return latest.of === of ? latest : {};
}

/** What was found on a page; undefined while it is not there. */
function useMap(place: { set: number; path: string; page: number } | undefined): Levels | undefined {
  const key = place && `${place.set} ${place.page} ${place.path}`;
  const [map, setMap] = useState<{ readonly key: string; readonly levels: Levels | null }>();
  useEffect(() => {
    if (!place || key === undefined) return;
    let isCurrent = true;
    const keep = (levels: Levels | null) => isCurrent && setMap({ key, levels });
    ask("read-segmented", place).then(keep, () => keep(null));
    return () => {
      isCurrent = false;
    };
  }, [key]);
  return map?.key === key ? (map?.levels ?? undefined) : undefined;
}

function bytesOf({ levels }: Levels): number {
  return levels.reduce((sum, { data }) => sum + data.byteLength, 0);
}
