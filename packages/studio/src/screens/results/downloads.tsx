import { chosenNetwork, jobPath, type Results, scoreboardOfRun } from "@em-stellar/core";
import { useState } from "preact/hooks";
import { save } from "../../app/save.js";
import { SteadyButton } from "../../app/steady-button.js";
import { ask } from "../../engine/client.js";

/** Everything of a benchmark that one may want to keep outside of the browser. */
export function Downloads({ id, results }: { readonly id: string; readonly results: Results }) {
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const best = chosenNetwork(scoreboardOfRun(results));
  const act = (words: string, work: () => Promise<void>) => async () => {
    setBusy(words);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(undefined);
    }
  };
  const file = (path: string, name: string, type: string) => async () => {
    const content = await ask("run-file", { id, path });
    if (!content) throw new Error(`${path} is not in the folder of this benchmark.`);
    save(name, new Blob([content.slice()], { type }));
  };
  const zipped = (name: string, prefixes: readonly string[], only: (path: string) => boolean) => async () => {
    const files = await ask("run-files", { id, prefixes });
    const entries = files.filter(({ path }) => only(path)).map(({ path, content }) => [path, content] as const);
    const { zipSync } = await import("fflate");
    save(name, new Blob([zipSync(Object.fromEntries(entries), { level: 0 }).slice()], { type: "application/zip" }));
  };
  const isModel = (path: string) => path.includes("/checkpoints/");
  const job = best && jobPath({ method: best.method.name, fold: best.run.fold, seed: best.run.seed });
  const { suite } = results;
  return (
    <section class="card" aria-labelledby="downloads-title">
      <h2 id="downloads-title">Take it with you</h2>
      <div class="buttons">
        <SteadyButton
          class="main"
          disabled={job === undefined || busy !== undefined}
          onClick={act(
            "Packing the model",
            zipped(`${suite}-best-model.zip`, [`jobs/${job}/checkpoints/`], () => true),
          )}
        >
          Best model
        </SteadyButton>
        <SteadyButton
          disabled={busy !== undefined}
          onClick={act("Packing the models", zipped(`${suite}-models.zip`, ["jobs/"], isModel))}
        >
          All models
        </SteadyButton>
        <SteadyButton
          disabled={busy !== undefined}
          onClick={act("Making the report", async () => {
            save(`${suite}-report.html`, new Blob([await ask("report", id)], { type: "text/html" }));
          })}
        >
          Report
        </SteadyButton>
        <SteadyButton
          disabled={busy !== undefined}
          onClick={act("Saving", file("results.csv", `${suite}-scores.csv`, "text/csv"))}
        >
          Scores (CSV)
        </SteadyButton>
        <SteadyButton
          disabled={busy !== undefined}
          onClick={act("Saving", file("results.json", "results.json", "application/json"))}
        >
          results.json
        </SteadyButton>
        <SteadyButton
          disabled={busy !== undefined}
          onClick={act(
            "Packing the folder",
            zipped(`${suite}-run.zip`, [""], () => true),
          )}
        >
          The whole run folder
        </SteadyButton>
      </div>
      <p class="muted small" aria-live="polite">
        {busy !== undefined
          ? `${busy} …`
          : best
            ? `The best model is ${best.method.name}, fold ${best.run.fold + 1}, chosen on validation images. The Segment screen and “npx em-stellar predict” use it.`
            : "No network finished a training."}
      </p>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  );
}
