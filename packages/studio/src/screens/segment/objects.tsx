import { useEffect, useState } from "preact/hooks";
import { SteadyButton } from "../../app/steady-button.js";
import { ask } from "../../engine/client.js";
import type { FoundObjects } from "../../engine/requests/segment.js";
import { Slider } from "../../viewer/toolbar.js";
import {
  busy,
  done,
  image,
  keyOf,
  minArea,
  nanometre,
  opened,
  saidNanometre,
  saveSegmented,
  seen,
  threshold,
} from "./state.js";

/** How objects are told from the background, how many there are, and what can be saved. */
export function Objects() {
  const page = seen.value.page;
  const path = image.value?.path ?? "";
  const isSeen = done.value.has(keyOf(path, page));
  const found = useObjects(isSeen, path, page);
  if (done.value.size === 0) return null;
  return (
    <>
      <section class="card" aria-labelledby="objects-title">
        <h2 id="objects-title">Objects</h2>
        <Slider
          name="Threshold"
          value={threshold.value}
          least={0}
          most={0.99}
          step={0.01}
          onChange={(value) => {
            threshold.value = value;
          }}
        />
        <label class="field">
          Leave out objects smaller than, in pixels
          <input
            type="number"
            min={1}
            step={1}
            value={minArea.value}
            onChange={({ currentTarget }) => {
              minArea.value = Math.max(1, Math.round(currentTarget.valueAsNumber) || 1);
            }}
          />
        </label>
        <label class="field">
          Width of a pixel in nanometres
          <input
            type="number"
            min={0}
            step="any"
            placeholder={image.value?.nanometre === undefined ? "not known" : String(image.value.nanometre)}
            value={saidNanometre.value ?? ""}
            onChange={({ currentTarget }) => {
              const value = currentTarget.valueAsNumber;
              saidNanometre.value = value > 0 ? value : null;
            }}
          />
        </label>
        {found && <Found found={found} />}
      </section>
      <Saving />
    </>
  );
}

function Found({ found }: { readonly found: FoundObjects }) {
  const { count, meanArea, largest } = found;
  const side = nanometre.value;
  const area = (pixels: number) =>
    side === undefined ? `${whole(pixels)} px` : inSquareMicrometres(pixels * side ** 2);
  return (
    <>
      <p aria-live="polite" class="count">
        <b>{whole(count)}</b> object{count === 1 ? "" : "s"} in this image
        {meanArea !== undefined && `, ${area(meanArea)} on average`}
      </p>
      {largest.length > 0 && (
        <details>
          <summary>{largest.length < count ? `The ${largest.length} largest` : "Each of them"}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
          <section class="scroll object-table" tabIndex={0} aria-label="Objects">
            <table class="plain">
              <thead>
                <tr>
                  <th scope="col">Object</th>
                  <th scope="col">Area</th>
                  <th scope="col">x, y</th>
                </tr>
              </thead>
              <tbody>
                {largest.map(({ number, area: pixels, x, y }) => (
                  <tr key={number}>
                    <th scope="row">{number}</th>
                    <td>{area(pixels)}</td>
                    <td>
                      {Math.round(x)}, {Math.round(y)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        </details>
      )}
    </>
  );
}

function Saving() {
  const { images = [] } = opened.value ?? {};
  const pages = images.reduce((sum, each) => sum + each.pages, 0);
  const isWhole = done.value.size >= pages && busy.value === undefined;
  const one = (
    name: string,
    what: Parameters<typeof saveSegmented>[0],
    format: Parameters<typeof saveSegmented>[1],
  ) => (
    <SteadyButton disabled={!isWhole} onClick={() => saveSegmented(what, format)}>
      {name}
    </SteadyButton>
  );
  return (
    <section class="card" aria-labelledby="save-title">
      <h2 id="save-title">Save</h2>
      <div class="buttons">
        {one("Masks, TIFF", "mask", "tiff")}
        {one("Masks, PNG", "mask", "png")}
        {one("Probabilities, TIFF", "probability", "tiff")}
        {one("Probabilities, PNG", "probability", "png")}
        {one("Objects, CSV", "objects", "tiff")}
        {one("Images, CSV", "images", "tiff")}
      </div>
      <p class="muted small">
        Masks are white where there is an object. Probabilities have 16 bits: 65535 is certain. The tables have a row
        for each object, or for each image.
      </p>
    </section>
  );
}

/** The objects of a page, measured anew a moment after the threshold came to rest. */
function useObjects(isSeen: boolean, path: string, page: number): FoundObjects | undefined {
  const { set } = opened.value ?? { set: 0 };
  const rule = { threshold: threshold.value, minArea: minArea.value };
  const [found, setFound] = useState<FoundObjects>();
  useEffect(() => {
    if (!isSeen) {
      setFound(undefined);
      return;
    }
    let isCurrent = true;
    const timer = setTimeout(() => {
      ask("measure", { set, path, page, ...rule }).then(
        (objects) => isCurrent && setFound(objects),
        () => isCurrent && setFound(undefined),
      );
    }, 120);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isSeen, set, path, page, rule.threshold, rule.minArea]);
  return found;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** `0.52 µm²` of square nanometres. */
function inSquareMicrometres(area: number): string {
  return `${Number((area / 1e6).toPrecision(3))} µm²`;
}
