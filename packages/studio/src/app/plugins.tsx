import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../engine/client.js";
import type { PluginView } from "../engine/requests/plugins.js";
import { openProject, projectView, renew } from "./project.js";
import { change, draft, renewComponents } from "./suite.js";

/** The plugins of the project; undefined before they are known. */
const plugins = signal<readonly PluginView[] | undefined>(undefined);
const problem = signal<string | undefined>(undefined);

/** Changes the plugins, and shows what they bring everywhere. */
async function attempt(work: () => Promise<readonly PluginView[]>): Promise<void> {
  problem.value = undefined;
  try {
    plugins.value = await work();
    await renew();
    await renewComponents();
    if (draft.value) await change(draft.value); // what was no network may be one now
  } catch (error) {
    problem.value = error instanceof Error ? error.message : String(error);
  }
}

/** The plugins of the project, and a way to bring one. */
export function Plugins() {
  const [file, setFile] = useState<File>();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    openProject().then(async () => {
      if (projectView.value?.hasPlugins) plugins.value = await ask("list-plugins", null);
    });
  }, []);
  const load = (chosen: File) => {
    setFile(undefined);
    attempt(async () => ask("load-plugin", { name: chosen.name, code: await chosen.text() }));
  };
  return (
    <section aria-labelledby="plugins-title">
      <h2 id="plugins-title">Plugins</h2>
      <p class="muted small">
        Add a network or another component of your own from a JavaScript file. It is kept with the project.
      </p>
      <ul class="plugins">
        {plugins.value?.map((plugin) => (
          <li key={plugin.file}>
            <span>
              <b>{plugin.name ?? plugin.file}</b>
              <span class="muted small block">{wordsOf(plugin)}</span>
            </span>
            <button type="button" class="quiet" onClick={() => attempt(() => ask("remove-plugin", plugin.file))}>
              Remove<span class="visually-hidden"> {plugin.file}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" onClick={() => input.current?.click()}>
        Load a plugin…
      </button>
      <input
        ref={input}
        type="file"
        accept=".js,.mjs"
        hidden
        aria-label="Plugin file"
        onChange={({ currentTarget }) => {
          setFile(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
      {file && (
        <div class="warning">
          <p>
            <b>{file.name}</b> is a program. It can read and change everything in this project. Run it only if you trust
            its author. It runs again whenever you open this project in this browser.
          </p>
          <div class="buttons">
            <button type="button" onClick={() => load(file)}>
              I trust it: run it
            </button>
            <button type="button" onClick={() => setFile(undefined)}>
              Do not run it
            </button>
          </div>
        </div>
      )}
      {problem.value !== undefined && (
        <p role="alert" class="problem small">
          {problem.value}
        </p>
      )}
    </section>
  );
}

function wordsOf({ state, components = [], problem: why }: PluginView): string {
  if (state === "running") return `Adds ${components.join(", ")}.`;
  return state === "waiting" ? "Not running: you have not agreed to it yet." : `It does not run: ${why}`;
}

/** Asks before the first run of plugins that came with a project file. */
export function WaitingPlugins() {
  const waiting = projectView.value?.waitingPlugins ?? [];
  return (
    <>
      {waiting.map((file) => (
        <Waiting key={file} file={file} />
      ))}
    </>
  );
}

function Waiting({ file }: { readonly file: string }) {
  const [code, setCode] = useState<string>();
  return (
    <section class="warning waiting-plugin" aria-label={`Plugin ${file}`}>
      <p>
        <b>This project brings the plugin {file}, which is a program.</b> It can read and change everything in this
        project. Run it only if you trust its author. Until then, networks of this plugin are missing here.
      </p>
      <div class="buttons">
        <button type="button" onClick={() => attempt(() => ask("trust-plugin", file))}>
          I trust it: run it
        </button>
        <button type="button" onClick={() => attempt(() => ask("remove-plugin", file))}>
          Remove it
        </button>
        <button
          type="button"
          class="quiet"
          aria-expanded={code !== undefined}
          onClick={async () => setCode(code === undefined ? await ask("plugin-code", file) : undefined)}
        >
          {code === undefined ? "Read its code" : "Hide its code"}
        </button>
      </div>
      {problem.value !== undefined && (
        <p role="alert" class="problem small">
          {problem.value}
        </p>
      )}
      {code !== undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section class="scroll" tabIndex={0} aria-label={`Code of ${file}`}>
          <pre>{code}</pre>
        </section>
      )}
    </section>
  );
}
