import { useRef, useState } from "preact/hooks";
import { images } from "../../app/project.js";
import { save } from "../../app/save.js";
import { change } from "../../app/suite.js";
import { completeSuite, type SuiteDraft } from "../../project/suggest-suite.js";

/** The suite as the command line reads it: to copy, to save beside the images, to load. */
export function SuiteFile({ suite }: { readonly suite: SuiteDraft }) {
  const [said, setSaid] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const set = images.value?.set;
  if (!set) return null;
  const text = `${JSON.stringify(completeSuite(suite, set), null, 2)}\n`;
  const load = async (content: Blob) => {
    setProblem(undefined);
    setSaid(undefined);
    try {
      await change(loaded(JSON.parse(await content.text()), suite));
      setSaid("The suite is loaded. Its data are those of this project.");
    } catch (error) {
      setProblem(`This is no suite (${error instanceof Error ? error.message : error}). Load a suite.json.`);
    }
  };
  return (
    <details class="card">
      <summary>The suite as a file</summary>
      <p class="muted small">
        Saved in the folder of your images as <code>suite.json</code>, it runs on the command line with{" "}
        <code>npx em-stellar run suite.json</code>.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <section class="scroll" tabIndex={0} aria-label="suite.json">
        <pre>{text}</pre>
      </section>
      <div class="buttons">
        <button
          type="button"
          onClick={() =>
            navigator.clipboard.writeText(text).then(
              () => setSaid("Copied."),
              () => setProblem("The browser does not let this page copy. Save the file instead."),
            )
          }
        >
          Copy
        </button>
        <button type="button" onClick={() => save("suite.json", new Blob([text], { type: "application/json" }))}>
          Save
        </button>
        <button type="button" onClick={() => file.current?.click()}>
          Load…
        </button>
      </div>
      <input
        ref={file}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label="Suite"
        onChange={({ currentTarget }) => {
          const [content] = currentTarget.files ?? [];
          if (content) load(content);
          currentTarget.value = "";
        }}
      />
      <p class="small" aria-live="polite">
        {said}
      </p>
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
    </details>
  );
}

/** What a file says, over the suite that is there; its data stay those of the project. Throws for what is no suite. */
function loaded(json: unknown, before: SuiteDraft): SuiteDraft {
  if (typeof json !== "object" || json === null || !("networks" in json)) throw new Error("it names no networks");
  const { data: _, ...rest } = json as Record<string, unknown> & { networks: unknown };
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
  const idOf = (value: unknown) =>
    typeof value === "object" && value !== null && "id" in value ? String(value.id) : String(value);
  const optimizer = list(rest.optimizer ?? before.optimizer)[0];
  return {
    ...before,
    ...rest,
    networks: list(rest.networks).map((network) => {
      const { id, ...others } = typeof network === "string" ? { id: network } : (network as { id: string });
      return { id, options: {}, ...others };
    }),
    loss: idOf(list(rest.loss ?? before.loss)[0]),
    optimizer:
      typeof optimizer === "string"
        ? { id: optimizer, options: before.optimizer.options }
        : (optimizer as SuiteDraft["optimizer"]), // check-suite tells what is wrong with it
    metrics: list(rest.metrics ?? before.metrics).map(idOf),
    baselines: list(rest.baselines ?? before.baselines).map(idOf),
    training: { ...before.training, ...(rest.training as object | undefined) },
  };
}
