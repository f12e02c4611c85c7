import { rankMethods } from "@em-stellar/core";
import { useEffect, useState } from "preact/hooks";
import { project, projectProblem } from "../app/project.js";
import { openRuns, runId, show } from "../app/run.js";
import { ask } from "../engine/client.js";
import type { ResultsView } from "../engine/requests/run.js";
import { Empty } from "./empty.js";
import { Downloads } from "./results/downloads.js";
import { Pictures } from "./results/pictures.js";
import { Ranking } from "./results/ranking.js";

/** Says which network is best on these images, how sure that is, and shows why. */
export function ResultsScreen() {
  const [view, setView] = useState<{ readonly id: string; readonly found: ResultsView }>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    openRuns();
  }, []);
  const finished = (project.value?.runs ?? []).filter(({ state }) => state === "finished");
  const id = finished.some((each) => each.id === runId.value) ? runId.value : finished.at(-1)?.id;
  useEffect(() => {
    if (id === undefined) return;
    let isCurrent = true;
    setProblem(undefined);
    ask("results", id).then(
      (found) => isCurrent && setView({ id, found }),
      (error: unknown) => isCurrent && setProblem(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [id]);
  return (
    <div class="screen results">
      <h1>Results</h1>
      {projectProblem.value && <p class="problem">{projectProblem.value}</p>}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {project.value && id === undefined && (
        <Empty
          href={project.value.runs.length > 0 ? "#/train" : "#/suite"}
          action={project.value.runs.length > 0 ? "See how far training is" : "Choose networks"}
        >
          No benchmark has finished yet. The ranking, the pictures and the models appear here.
        </Empty>
      )}
      {finished.length > 1 && (
        <label class="inline-field">
          Benchmark
          <select value={id} onChange={({ currentTarget }) => show(currentTarget.value)}>
            {finished.map((run) => (
              <option key={run.id} value={run.id}>
                {run.id.replace("run-", "")}, {new Date(run.started).toLocaleString()}
              </option>
            ))}
          </select>
        </label>
      )}
      {id !== undefined && !view && !problem && <p class="muted">Drawing the charts …</p>}
      {view && view.id === id && <Shown id={id} view={view.found} />}
    </div>
  );
}

function Shown({ id, view }: { readonly id: string; readonly view: ResultsView }) {
  const { results, lead, limits, sections, style } = view;
  const ranked = rankMethods(results);
  // What is set as markup below was made by the report, which has escaped all that is not markup of its own.
  return (
    <>
      <section class="told" aria-label="What can be told">
        <p class="answer" dangerouslySetInnerHTML={{ __html: lead }} />
        <ul class="limits">
          {limits.map((limit) => (
            <li key={limit} dangerouslySetInnerHTML={{ __html: limit }} />
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="ranking-title">
        <h2 id="ranking-title">Ranking</h2>
        <Ranking results={results} ranked={ranked} />
        <p class="muted small">
          Scores are pooled over all pixels of the test images. Where there are enough images, the 95 % interval stands
          below each score. Select the name of a score to sort by it.
        </p>
      </section>
      <Pictures id={id} results={results} ranked={ranked} />
      <Downloads id={id} results={results} />
      <style>{style}</style>
      {sections.map((section) => (
        <details class="card report-part" key={section.id} open={section.id === "heatmap" || undefined}>
          <summary>
            <h2>{section.title}</h2>
          </summary>
          <div id={section.id} dangerouslySetInnerHTML={{ __html: section.markup }} />
        </details>
      ))}
    </>
  );
}
