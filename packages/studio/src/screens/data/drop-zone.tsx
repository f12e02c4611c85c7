import { useRef, useState } from "preact/hooks";
import { addExample, addFiles, imagesBusy } from "../../app/project.js";
import { SteadyButton } from "../../app/steady-button.js";
import { filesOfDrop, filesOfInput, withoutRoot } from "../../files/given-files.js";

/** Takes folders and files that are dropped on it, or chosen. */
export function DropZone({ compact }: { readonly compact: boolean }) {
  const [over, setOver] = useState(false);
  const [problem, setProblem] = useState<string>();
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const choose = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }) => {
    if (currentTarget.files?.length) addFiles(withoutRoot(filesOfInput(currentTarget.files)));
    currentTarget.value = "";
  };
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    setProblem(undefined);
    if (!event.dataTransfer) return;
    try {
      await addFiles(withoutRoot(await filesOfDrop(event.dataTransfer)));
    } catch (error) {
      setProblem(`What was dropped cannot be read (${error instanceof Error ? error.message : error}).`);
    }
  };
  const busy = imagesBusy.value !== undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the mouse's way to do what the buttons inside do
    <div
      class={`drop ${compact ? "compact" : ""} ${over ? "over" : ""}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      {!compact && (
        <p class="big">
          Drop a folder of images and masks here
          <span class="muted small">TIFF or PNG, single images or stacks, 8, 16 or 32 bits</span>
          <span class="muted small">
            Give masks the names of their images: <code>images/cell-01.tif</code> and <code>masks/cell-01.tif</code>
          </span>
        </p>
      )}
      <div class="buttons">
        <SteadyButton class={compact ? "" : "main"} disabled={busy} onClick={() => folder.current?.click()}>
          {compact ? "Add a folder…" : "Choose a folder…"}
        </SteadyButton>
        <SteadyButton disabled={busy} onClick={() => files.current?.click()}>
          {compact ? "Add files…" : "Choose files…"}
        </SteadyButton>
        {!compact && (
          <SteadyButton disabled={busy} onClick={addExample}>
            Try the example
          </SteadyButton>
        )}
      </div>
      {/* `webkitdirectory` is how every browser names it. */}
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        {...{ webkitdirectory: true }}
        onChange={choose}
        aria-label="Folder"
      />
      <input ref={files} type="file" hidden multiple accept=".png,.tif,.tiff" onChange={choose} aria-label="Files" />
      {problem && (
        <p role="alert" class="problem">
          {problem}
        </p>
      )}
    </div>
  );
}
