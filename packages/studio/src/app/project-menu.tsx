import { useRef, useState } from "preact/hooks";
import { ask } from "../engine/client.js";
import { diagnostics } from "./diagnostics.js";
import { Plugins } from "./plugins.js";
import { save } from "./save.js";

/** What concerns the project as a whole: a file of it, plugins, and what to tell whoever helps. */
export function ProjectMenu() {
  return (
    <details class="badge project-menu">
      <summary>Project</summary>
      <div class="panel">
        <SaveAndOpen />
        <Plugins />
        <Diagnostics />
      </div>
    </details>
  );
}

/** Runs work of a button, and says what went wrong. */
function useAttempt(): readonly [problem: string | undefined, attempt: (work: () => Promise<void>) => Promise<void>] {
  const [problem, setProblem] = useState<string>();
  const attempt = async (work: () => Promise<void>) => {
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return [problem, attempt];
}

function Problem({ message }: { readonly message: string | undefined }) {
  return message === undefined ? null : (
    <p role="alert" class="problem small">
      {message}
    </p>
  );
}

function SaveAndOpen() {
  const [withImages, setWithImages] = useState(false);
  const [file, setFile] = useState<File>();
  const [problem, attempt] = useAttempt();
  const input = useRef<HTMLInputElement>(null);
  const saveProject = () =>
    attempt(async () => {
      const { name, blob } = await ask("save-project", { withImages });
      save(name, blob);
    });
  const open = (chosen: File) =>
    attempt(async () => {
      await ask("open-project-file", { name: chosen.name, content: chosen });
      // Every screen shows the other project from the start.
      location.hash = "#/welcome";
      location.reload();
    });
  return (
    <section aria-labelledby="project-file-title">
      <h2 id="project-file-title">Save and open</h2>
      <p class="muted small">
        Networks, results, models and plugins in one zip file, to keep or to open on another computer.
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={withImages}
          onChange={({ currentTarget }) => setWithImages(currentTarget.checked)}
        />
        with the images
      </label>
      <div class="buttons">
        <button type="button" onClick={saveProject}>
          Save the project
        </button>
        <button type="button" onClick={() => input.current?.click()}>
          Open a project…
        </button>
      </div>
      <input
        ref={input}
        type="file"
        accept=".zip"
        hidden
        aria-label="Project file"
        onChange={({ currentTarget }) => setFile(currentTarget.files?.[0])}
      />
      {file && (
        <div class="warning">
          <p>
            <b>{file.name}</b> takes the place of the project that is open here. Save that one first if you want to keep
            it.
          </p>
          <div class="buttons">
            <button type="button" onClick={() => open(file)}>
              Open it
            </button>
            <button type="button" onClick={() => setFile(undefined)}>
              Keep this project
            </button>
          </div>
        </div>
      )}
      <Problem message={problem} />
    </section>
  );
}

function Diagnostics() {
  const [withNames, setWithNames] = useState(false);
  const [text, setText] = useState<string>();
  const [isCopied, setIsCopied] = useState(false);
  const copy = async () => {
    const lines = await diagnostics(withNames);
    setText(lines);
    setIsCopied(
      await navigator.clipboard.writeText(lines).then(
        () => true,
        () => false, // the browser does not allow it: the text is there to be copied by hand
      ),
    );
  };
  return (
    <section aria-labelledby="diagnostics-title">
      <h2 id="diagnostics-title">If you need help</h2>
      <p class="muted small">Device, versions, features and the last errors, to paste into a message.</p>
      <label class="check">
        <input
          type="checkbox"
          checked={withNames}
          onChange={({ currentTarget }) => setWithNames(currentTarget.checked)}
        />
        with names of files
      </label>
      <button type="button" onClick={copy}>
        Copy diagnostics
      </button>
      {text !== undefined && (
        <>
          <p aria-live="polite" class="small">
            {isCopied ? "Copied. This is what it says:" : "Copy it from here:"}
          </p>
          <textarea readOnly rows={8} aria-label="Diagnostics" value={text} />
        </>
      )}
    </section>
  );
}
