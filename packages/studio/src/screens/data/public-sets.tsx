import { useRef, useState } from "preact/hooks";
import { addPublicSet, imagesBusy } from "../../app/project.js";
import { SteadyButton } from "../../app/steady-button.js";
import { filesOfInput, withoutRoot } from "../../files/given-files.js";
import { filesOfSet, type PublicSet, publicSets } from "../../project/public-sets.js";

/** Data sets to try that this page may not fetch by itself: where they come from, and their folders to choose. */
export function PublicSets() {
  return (
    <details class="card">
      <summary>Public data sets to try</summary>
      <p class="muted small">
        This page loads nothing from other addresses. Fetch a set with the command that stands beside it, which checks
        every file, then choose the folder here.
      </p>
      {publicSets.map((set) => (
        <Choice key={set.id} set={set} />
      ))}
    </details>
  );
}

function Choice({ set }: { readonly set: PublicSet }) {
  const [problem, setProblem] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const take = (list: FileList) => {
    setProblem(undefined);
    try {
      addPublicSet(set, filesOfSet(set, withoutRoot(filesOfInput(list))));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <section aria-labelledby={`set-${set.id}`}>
      <h3 id={`set-${set.id}`}>{set.title}</h3>
      <p class="small">
        {set.summary} Licence: {set.licence}. <code>npx em-stellar data {set.id} FOLDER</code>
      </p>
      <p class="muted small">Its folders: {Object.keys(set.folders).join(", ")}.</p>
      <SteadyButton disabled={imagesBusy.value !== undefined} onClick={() => input.current?.click()}>
        Choose its folder…<span class="visually-hidden"> {set.title}</span>
      </SteadyButton>
      {/* `webkitdirectory` is how every browser names it. */}
      <input
        ref={input}
        type="file"
        hidden
        multiple
        {...{ webkitdirectory: true }}
        onChange={({ currentTarget }) => {
          if (currentTarget.files?.length) take(currentTarget.files);
          currentTarget.value = "";
        }}
        aria-label={`Folder of ${set.id}`}
      />
      {problem && (
        <p role="alert" class="problem">
          {problem}
        </p>
      )}
    </section>
  );
}
