import type { Said } from "@em-stellar/data";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { say } from "../../app/project.js";
import type { ImagesView } from "../../engine/requests/data.js";

/** One thing that was understood, with its control. A question about it opens it. */
export function Topic(props: {
  readonly title: string;
  readonly found: string;
  readonly question?: string | undefined;
  readonly children: ComponentChildren;
}) {
  const { title, found, question, children } = props;
  return (
    <details class={`topic ${question ? "asks" : ""}`} open={question !== undefined || undefined}>
      <summary>
        <b>{title}</b> <span>{question ? "needs your decision" : found}</span>
      </summary>
      <div class="inside">
        {question && <p class="problem lines">{question}</p>}
        {children}
      </div>
    </details>
  );
}

/** What `said` says with other options of the data source; `undefined` takes one back. */
export function withOptions(said: Said, changed: Readonly<Record<string, unknown>>): Said {
  const options = Object.fromEntries(
    Object.entries({ ...said.options, ...changed }).filter(([, value]) => value !== undefined),
  );
  return { ...said, options };
}

/** Which files are images and which masks, and how they pair. */
export function RolesTopic({ view }: { readonly view: ImagesView }) {
  const { set, said, question, files } = view;
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  const first = {
    images: said.images ?? text(set?.options.images),
    masks: said.masks ?? text(set?.options.masks),
    testImages: said.testImages ?? text(set?.options.testImages),
    testMasks: said.testMasks ?? text(set?.options.testMasks),
    pairBy: text(said.options?.pairBy),
  };
  const [given, setGiven] = useState<Partial<typeof first>>({});
  const now = { ...first, ...given };
  const asked = question?.stage === "roles" || question?.stage === "pairs" ? question.message : undefined;
  const submit = (event: Event) => {
    event.preventDefault();
    const { groupBy, labels, options } = said;
    const { pairBy: _, ...others } = options ?? {};
    const named = Object.entries({ ...now, pairBy: "" }).filter(([, value]) => value.trim() !== "");
    setGiven({});
    say({
      ...Object.fromEntries(named),
      ...(groupBy !== undefined && { groupBy }),
      ...(labels !== undefined && { labels }),
      options: { ...others, ...(now.pairBy.trim() !== "" && { pairBy: now.pairBy.trim() }) },
    });
  };
  const field = (name: keyof typeof first, label: string, hint: string) => (
    <label class="field">
      {label}
      <input
        type="text"
        list="studio-places"
        value={now[name]}
        placeholder={hint}
        autocomplete="off"
        spellcheck={false}
        onInput={({ currentTarget }) => setGiven({ ...given, [name]: currentTarget.value })}
      />
    </label>
  );
  return (
    <Topic title="Images and masks" found={set ? `${first.images} with ${first.masks}` : ""} question={asked}>
      {asked && files.length > 0 && (
        <p>If the masks are not among these files, add them with “Add a folder” or “Add files”.</p>
      )}
      <p class="muted small">
        Folders, single files, or patterns with * for any part of a name, such as <code>*_mask.tif</code>.
      </p>
      <form onSubmit={submit}>
        <datalist id="studio-places">
          {placesOf(files.map(({ path }) => path)).map((place) => (
            <option key={place} value={place} />
          ))}
        </datalist>
        <div class="pair">
          {field("images", "Images", "images")}
          {field("masks", "Their masks", "masks")}
          {field("testImages", "Test images", "none")}
          {field("testMasks", "Their masks", "none")}
        </div>
        {field("pairBy", "Part of the name that pairs image and mask", "the whole name")}
        <p class="muted small">
          For the last number of the names, write <code>\d+$</code> (a regular expression).
        </p>
        <div class="buttons">
          <button type="submit" class="main">
            Use these
          </button>
          <button
            type="button"
            onClick={() => {
              setGiven({});
              say(withOptions({}, { ...said.options, pairBy: undefined }));
            }}
          >
            Guess from the names
          </button>
        </div>
      </form>
    </Topic>
  );
}

/** Folders, and files that are alone in theirs. */
function placesOf(paths: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const path of paths) if (path.includes("/")) folders.add(path.slice(0, path.lastIndexOf("/")));
  const loose = paths.filter((path) => !path.includes("/"));
  return [...folders, ...loose.slice(0, 50)];
}

/** Width of a pixel. */
export function PixelTopic({ view }: { readonly view: ImagesView }) {
  const { pixelSize, said } = view;
  return (
    <Topic title="Pixel size" found={pixelSize === null ? "not given" : `${pixelSize} nm`}>
      <label class="field">
        Width of a pixel in nanometres
        <input
          type="number"
          min="0.01"
          step="any"
          value={pixelSize ?? ""}
          placeholder="unknown"
          onChange={({ currentTarget }) =>
            say(said, currentTarget.valueAsNumber > 0 ? currentTarget.valueAsNumber : null)
          }
        />
      </label>
      <p class="muted small">It draws scale bars, and gives areas in µm². Training does not depend on it.</p>
    </Topic>
  );
}
