import { useEffect, useState } from "preact/hooks";
import { deviceGuess } from "../app/device.js";
import { addExample, images, openProject, project } from "../app/project.js";
import { SteadyButton } from "../app/steady-button.js";
import { count } from "../app/words.js";

/** The first screen: what the studio is for, and three ways to begin. */
export function Welcome() {
  useEffect(() => {
    openProject();
  }, []);
  const files = images.value?.files.length ?? 0;
  const [isDrawing, setDrawing] = useState(false);
  const example = async () => {
    if (isDrawing) return;
    setDrawing(true);
    await addExample();
    location.hash = "#/data";
  };
  return (
    <div class="welcome">
      <h1>Which network segments your micrographs best?</h1>
      <p class="lead">
        Bring electron micrographs and masks, choose networks, and watch them train on this computer. You get a ranking
        that says how certain it is, and a model that segments the rest of your images.
      </p>
      <ul class="ways">
        <li>
          <a class="way first" href="#/data">
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
          <SteadyButton class="way" disabled={files > 0 && !isDrawing} onClick={example}>
            <Picture kind="example" />
            <b>Try the example</b>
            <span class="muted">
              {isDrawing
                ? "Drawing the micrographs …"
                : files > 0
                  ? "To try it, first begin a new project on the Data screen."
                  : "Simulated micrographs of mitochondria. A first benchmark takes minutes."}
            </span>
          </SteadyButton>
        </li>
        <li>
          <a class="way" href="#/segment">
            <Picture kind="segment" />
            <b>Segment with a saved model</b>
            <span class="muted">Your own, or a model folder from a colleague.</span>
          </a>
        </li>
      </ul>
      <p class="private">
        <b>Nothing leaves this computer.</b> Images, masks and models stay in this browser, which blocks everything that
        this page might send. <span class="muted">{deviceGuess.value?.meaning}</span>
      </p>
    </div>
  );
}

/** A scene of mitochondria and membranes: as a micrograph shows it, with a learning curve over it, or segmented. */
function Picture({ kind }: { readonly kind: "train" | "example" | "segment" }) {
  return (
    <svg viewBox="0 0 240 110" preserveAspectRatio="xMidYMid slice" class={`sketch ${kind}`} aria-hidden="true">
      <path class="membrane" d="M-6 34c34 12 52-18 86-10s34 44 22 62-26 20-28 34M82 24c40-26 84 18 118 2s28-30 52-26" />
      <path class="membrane" d="M104 84c30-16 58 14 86 2s36-22 60-14" />
      <g class="vesicles">
        <circle cx="112" cy="52" r="4" />
        <circle cx="123" cy="60" r="3" />
        <circle cx="119" cy="43" r="2.6" />
        <circle cx="214" cy="98" r="3.4" />
        <circle cx="224" cy="92" r="2.4" />
      </g>
      {mitochondria.map((place) => (
        <g key={place} transform={place}>
          <rect class="body" x="-27" y="-14" width="54" height="28" rx="14" />
          <path class="folds" d="M-17-12v16M-8 13v-17M1-13v17M10 13v-17M18-11v13" />
        </g>
      ))}
      {kind === "train" && <path class="curve" d="M14 82c30-2 34-30 66-39s48-10 78-13 44-3 70-4" />}
    </svg>
  );
}

const mitochondria = [
  "translate(38 66) rotate(-38)",
  "translate(152 50) rotate(14)",
  "translate(206 54) rotate(-24) scale(.8)",
  "translate(146 102) rotate(-8) scale(.9)",
  "translate(20 8) rotate(20) scale(.8)",
];
