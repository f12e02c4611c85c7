import {
  chosenNetwork,
  chosenRun,
  isBaseline,
  type MethodResult,
  type RankedMethod,
  type Results,
  unbeatenFloor,
} from "@em-stellar/core";
import { baselineName } from "./baselines.js";
import { formatScore } from "./format.js";
import { type Html, html } from "./html.js";
import { rankingLabel } from "./metrics.js";
import { runLabel } from "./scores.js";
import { type Section, scroll } from "./section.js";

/** From the page to what a reader wants next: the command that segments other images, the masks, and the numbers as files. */
export function useSection(
  results: Results,
  ranked: readonly RankedMethod<MethodResult>[],
  folder: string,
): Section | undefined {
  const rows = ranked.flatMap(({ method }, i) => {
    const run = chosenRun(method, results);
    return run ? [{ method, run, id: `use-${i}` }] : [];
  });
  if (rows.length === 0) return undefined;
  const chosen = chosenNetwork(results);
  const floor = chosen && unbeatenFloor(results, chosen.method);
  return {
    id: "use",
    title: "Use",
    heading: "Use these results",
    style,
    body: html`${
      chosen &&
      floor &&
      html`<p>On the test images, <b>${chosen.method.name}</b>${chosen.among > 1 && chosen.by === "validation" && ", the network that does best on validation images,"} does not beat <b>${floor.method.name}</b>, which is only a floor. Train longer, or check the masks, before you segment other images with it.</p>`
    }${
      chosen &&
      !floor &&
      html`<p>Segment other images with <b>${chosen.method.name}</b>${
        chosen.by === "validation" &&
        chosen.score &&
        chosen.among > 1 &&
        html`, the network that does best on validation images (${rankingLabel(results)} ${formatScore(chosen.score.mean)}; test images have no say)`
      }. Put your images, or a folder of them, for <code>IMAGES</code>:</p>
${command("use-best")}`
    }
<ul class="files"><li>Scores: <a href="${folder}/results.csv">results.csv</a> for a spreadsheet, <a href="${folder}/results.json">results.json</a> with everything</li><li>Suite, to change and run again: <a href="${folder}/suite.json">suite.json</a></li></ul>
<details><summary>Masks and models of every method</summary>
${scroll(
  "Masks and models",
  html`<table class="plain left"><thead><tr><th scope="col">Method</th><th scope="col">Masks of the test images</th><th scope="col">Segment other images with it</th></tr></thead><tbody>${rows.map(
    ({ method, run, id }) =>
      html`<tr><th scope="row">${method.name}</th><td><a href="${folder}/${addressOf(run.predictions)}/">open the folder</a>${method.kind !== "ensemble" && html`<small>${runLabel(run)}</small>`}</td><td>${
        method.kind === "network"
          ? command(id, `/${run.predictions.replace(/\/predictions$/, "")}`)
          : html`<span class="none">${isBaseline(method) ? `a ${baselineName(method)} is no model` : "an ensemble: use its members"}</span>`
      }</td></tr>`,
  )}</tbody></table>`,
)}
<p class="caption">Masks are 16-bit PNG files of probabilities: 0 is certainly background, 65535 certainly object. For each method, the training with the best validation score is named.</p></details>`,
  };
}

/** A command with a button that copies it. Where the page is opened from its folder, a script writes that folder out. */
function command(id: string, within = ""): Html {
  return html`<div class="command"><pre><code id="${id}">npx em-stellar predict <span class="run-folder"${within !== "" && html` data-within="${within}"`}>RUN-FOLDER${within}</span> IMAGES --out segmented</code></pre><button type="button" class="copy" data-of="${id}" hidden>Copy</button></div>`;
}

/** A path of the run folder as an address: names may hold any character. */
export function addressOf(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

const style = `
.command { display: flex; flex-wrap: wrap; align-items: center; gap: .3rem .8rem; }
.command pre { margin: .3rem 0; flex: 0 1 auto; min-width: 0; }
.files { margin: .8rem 0; padding-left: 1.2rem; }
td .command pre { padding: .3rem .6rem; font-size: .78rem; }
`;
