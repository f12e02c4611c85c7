import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { GivenFile } from "./given-file.js";
import { filesOfDrop, filesOfInput } from "./given-files.js";

export interface DropZoneProps {
  /** What to drop here, in a sentence. */
  readonly children: ComponentChildren;
  readonly onFiles: (files: readonly GivenFile[]) => void;
  /** Names the buttons for those who hear them: `Choose files: new images`. */
  readonly what: string;
  /** Endings of names that the dialog of files offers, such as `.tif,.png`. */
  readonly accept?: string;
  /** Offers the dialog of folders alone. */
  readonly isFolder?: boolean;
}

/** A place to drop files and folders on, with buttons for those who drop nothing. */
export function DropZone({ children, onFiles, what, accept, isFolder = false }: DropZoneProps) {
  const [isOver, setIsOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const give = (given: readonly GivenFile[]) => {
    if (given.length > 0) onFiles(given);
  };
  const onDrop = async (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    if (event.dataTransfer) give(await filesOfDrop(event.dataTransfer));
  };
  const onDragOver = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(true);
  };
  const chosen = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    give(filesOfInput(currentTarget.files ?? new DataTransfer().files));
    currentTarget.value = ""; // the same files may be chosen again
  };
  return (
    <section
      class={`drop-zone ${isOver ? "over" : ""}`}
      aria-label={what}
      onDrop={onDrop}
      onDragOver={onDragOver}
      onDragLeave={() => setIsOver(false)}
    >
      <p>{children}</p>
      <div class="buttons">
        {!isFolder && (
          <button type="button" onClick={() => files.current?.click()}>
            Choose files<span class="visually-hidden">: {what}</span>
          </button>
        )}
        <button type="button" onClick={() => folder.current?.click()}>
          Choose a folder<span class="visually-hidden">: {what}</span>
        </button>
      </div>
      <input ref={files} type="file" multiple hidden accept={accept} onChange={chosen} aria-label={`${what}, files`} />
      {/* `webkitdirectory` is how every browser names it. */}
      <input
        ref={folder}
        type="file"
        hidden
        multiple
        {...{ webkitdirectory: true }}
        onChange={chosen}
        aria-label={`${what}, folder`}
      />
    </section>
  );
}
