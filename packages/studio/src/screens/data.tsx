import { useEffect, useState } from "preact/hooks";
import {
  clearProject,
  images,
  imagesBusy,
  nameProject,
  openProject,
  project,
  projectProblem,
  projectView,
  removeFiles,
} from "../app/project.js";
import { ask } from "../engine/client.js";
import type { ImagesView } from "../engine/requests/data.js";
import { DropZone } from "./data/drop-zone.js";
import { Gallery } from "./data/gallery.js";
import { PublicSets } from "./data/public-sets.js";
import { GroupsTopic, TestTopic } from "./data/split-topics.js";
import { PixelTopic, RolesTopic, Topic } from "./data/topics.js";
import { ValuesTopic } from "./data/values-topic.js";

/** Brings images and masks in, says what was understood of them, and lets the user put it right. */
export function Data() {
  useEffect(() => {
    openProject();
  }, []);
  const view = images.value;
  const files = view?.files.length ?? 0;
  return (
    <div class="screen">
      <h1>Your images</h1>
      {projectView.value?.lost !== undefined && (
        <p class="warning">Nothing is kept when this page is closed: {projectView.value.lost}</p>
      )}
      {projectProblem.value && (
        <p role="alert" class="problem lines">
          {projectProblem.value}
        </p>
      )}
      <p class="status" aria-live="polite">
        {imagesBusy.value !== undefined && `${imagesBusy.value} …`}
      </p>
      {files === 0 && view && <DropZone compact={false} />}
      {files === 0 && view && <PublicSets />}
      {view && files > 0 && <Understood view={view} />}
    </div>
  );
}

function Understood({ view }: { readonly view: ImagesView }) {
  const duplicates = useNearDuplicates(view);
  const { set, question, files } = view;
  return (
    <div class="two-columns with-picture">
      <section class="card understood" aria-labelledby="understood-title">
        <h2 id="understood-title">{set ? "What was understood" : "One thing is not clear yet"}</h2>
        {set && (
          <ul class="sentences">
            <li>{sizesOf(view)}</li>
            {set.sentences.map((sentence) => (
              <li key={sentence} class={sentence.startsWith("!") ? "doubt" : ""}>
                {sentence.replace(/^! /, "")}
              </li>
            ))}
          </ul>
        )}
        {!set && !question && <p class="problem">None of these files can be used. The list below says why.</p>}
        <h3 class="visually-hidden">Change what is wrong</h3>
        <RolesTopic view={view} key={`roles ${view.files.length}`} />
        <ValuesTopic view={view} />
        <GroupsTopic view={view} />
        <TestTopic view={view} duplicates={duplicates} />
        <PixelTopic view={view} />
        <Name />
        {set && (
          <p class="next">
            <a class="button main" href="#/suite">
              Choose networks
            </a>
          </p>
        )}
      </section>
      <Gallery view={view} />
      <div class="files">
        <Files view={view} />
        <DropZone compact />
        <RemoveAll files={files.length} />
      </div>
    </div>
  );
}

function Name() {
  return (
    <Topic title="Name of the project" found={project.value?.name ?? ""}>
      <label class="field">
        Names the benchmarks and the files that you save
        <input
          type="text"
          maxLength={100}
          value={project.value?.name ?? ""}
          onChange={({ currentTarget }) => {
            if (currentTarget.value.trim() !== "") nameProject(currentTarget.value.trim());
          }}
        />
      </label>
    </Topic>
  );
}

/** `Every file has 128 × 128 pixels of 8 bits.` */
function sizesOf({ files }: ImagesView): string {
  const usable = files.filter(({ problem }) => problem === undefined);
  const sizes = [...new Set(usable.map(({ width, height }) => `${width} × ${height}`))];
  const bits = [...new Set(usable.map(({ bits }) => bits))].sort((a, b) => a - b);
  const size = sizes.length === 1 ? sizes[0] : `one of ${sizes.length} sizes, such as ${sizes[0]}`;
  return `Every file has ${sizes.length === 1 ? `${size} pixels` : `${size} pixels,`} of ${bits.join(" or ")} bits.`;
}

function Files({ view: { files } }: { readonly view: ImagesView }) {
  const broken = files.filter(({ problem }) => problem !== undefined);
  return (
    <>
      {broken.length > 0 && (
        <section class="card" aria-labelledby="broken-title">
          <h2 id="broken-title">
            {broken.length === 1 ? "One file cannot be used" : `${broken.length} files cannot be used`}
          </h2>
          <ul class="broken">
            {broken.map(({ path, problem }) => (
              <li key={path}>
                <b>{path}</b>
                <span class="lines">{problem}</span>
                <button type="button" onClick={() => removeFiles([path])}>
                  Leave it out<span class="visually-hidden">: {path}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
      <details class="card">
        <summary>
          All {files.length} files, {sizeInWords(files.reduce((sum, { bytes }) => sum + bytes, 0))}
        </summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
        <section class="scroll" tabIndex={0} aria-label="Files">
          <table class="plain">
            <thead>
              <tr>
                <th scope="col">File</th>
                <th scope="col">Pixels</th>
                <th scope="col">Pages</th>
                <th scope="col">Bits</th>
                <th scope="col">
                  <span class="visually-hidden">Leave out</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {files.map(({ path, width, height, pages, bits, problem }) => (
                <tr key={path}>
                  <th scope="row">{path}</th>
                  <td>{problem ? "–" : `${width} × ${height}`}</td>
                  <td>{problem ? "–" : pages}</td>
                  <td>{problem ? "–" : bits}</td>
                  <td>
                    <button type="button" class="quiet" onClick={() => removeFiles([path])}>
                      Leave out<span class="visually-hidden">: {path}</span>
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </>
  );
}

function RemoveAll({ files }: { readonly files: number }) {
  const [sure, setSure] = useState(false);
  if (!sure) {
    return (
      <p>
        <button type="button" class="quiet" onClick={() => setSure(true)}>
          Begin a new project…
        </button>
      </p>
    );
  }
  return (
    <div class="warning">
      <p>
        This removes the {files} files from this browser, with every benchmark, model and plugin of this project. The
        originals on your disk stay.
      </p>
      <div class="buttons">
        <button type="button" onClick={clearProject}>
          Remove everything
        </button>
        <button type="button" onClick={() => setSure(false)}>
          Keep this project
        </button>
      </div>
    </div>
  );
}

/** Looked for once the data are understood, since it reads every image. */
function useNearDuplicates(view: ImagesView): readonly string[] {
  const [found, setFound] = useState<readonly string[]>([]);
  useEffect(() => {
    setFound([]);
    if (!view.set) return;
    const controller = new AbortController();
    // An image that cannot be read is told of elsewhere.
    ask("near-duplicates", null, { signal: controller.signal }).then(setFound, () => {});
    return () => controller.abort();
  }, [view]);
  return found;
}

function sizeInWords(bytes: number): string {
  return bytes < 1e6
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(1)} GB`;
}
