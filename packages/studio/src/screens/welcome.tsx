import { useEffect } from "preact/hooks";
import { deviceGuess } from "../app/device.js";
import { addExample, images, imagesBusy, openProject, project } from "../app/project.js";
import { count } from "../app/words.js";

/** The first screen: what the studio is for, and three ways to begin. */
export function Welcome() {
  useEffect(() => {
    openProject();
  }, []);
  const files = images.value?.files.length ?? 0;
  const example = async () => {
    await addExample();
    location.hash = "#/data";
  };
  return (
    <div class="welcome">
      <h1>Which network segments your micrographs best?</h1>
      <p class="lead">
        Bring electron micrographs and masks, choose networks, and watch them train on this computer. You get a ranking
        that says how sure it is, and a model that segments the rest.
      </p>
      <ul class="ways">
        <li>
          <a class="way" href="#/data">
            <Picture kind="train" />
            <b>{files > 0 ? "Go on with my images" : "Train on my images"}</b>
            <span class="muted">
              {files > 0
                ? `${project.value?.name}: ${count(files, "file")}, ${count(project.value?.runs.length ?? 0, "benchmark")}.`
                : "Drop a folder of images and masks, as TIFF or PNG."}
            </span>
          </a>
        </li>
        <li>
          <button type="button" class="way" disabled={files > 0 || imagesBusy.value !== undefined} onClick={example}>
            <Picture kind="example" />
            <b>Try the example</b>
            <span class="muted">
              {files > 0
                ? "To try it, begin a new project on the screen Data first."
                : "Invented micrographs of mitochondria. A first benchmark takes minutes."}
            </span>
          </button>
        </li>
        <li>
          <a class="way" href="#/segment">
            <Picture kind="segment" />
            <b>Segment with a saved model</b>
            <span class="muted">Yours, or the folder of a model from somebody else.</span>
          </a>
        </li>
      </ul>
      <p class="private">
        <b>Nothing leaves this computer.</b> Images, masks and models stay in this browser; the page is forbidden to
        send anything anywhere. <span class="muted">{deviceGuess.value?.meaning}</span>
      </p>
    </div>
  );
}

/** A mitochondrion: as a micrograph shows it, outlined, or filled. */
function Picture({ kind }: { readonly kind: "train" | "example" | "segment" }) {
  return (
    <svg viewBox="0 0 120 72" class={`sketch ${kind}`} aria-hidden="true">
      <path class="membrane" d="M0 58c22-6 30 8 58 4s32-20 62-12" />
      <g transform={kind === "example" ? "rotate(-14 60 34)" : "rotate(8 60 34)"}>
        <rect class="body" x="26" y="14" width="68" height="36" rx="18" />
        <path class="folds" d="M38 17v22M50 48V24M62 16v24M74 48V25M84 20v18" />
      </g>
      {kind === "train" && <path class="curve" d="M8 66c18-2 22-34 42-42s40-8 62-10" />}
    </svg>
  );
}
