/** A file with its path in what was dropped or chosen. */
export interface GivenFile {
  readonly path: string;
  readonly content: File;
}

/** What was chosen in a dialog: files, or a folder with all below it. */
export function chosenFiles(list: FileList): GivenFile[] {
  return withoutRoot([...list].map((content) => ({ path: content.webkitRelativePath || content.name, content })));
}

/** All files of what was dropped, those in folders too. */
export async function droppedFiles(transfer: DataTransfer): Promise<GivenFile[]> {
  // The entries have to be taken before the first wait: afterwards the browser has forgotten them.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: GivenFile[] = [];
  for (const entry of entries) await collect(entry, "", found);
  return withoutRoot(found);
}

async function collect(entry: FileSystemEntry, prefix: string, found: GivenFile[]): Promise<void> {
  if (isHidden(entry.name)) return;
  if (entry.isDirectory) {
    for (const each of await entriesOf(entry as FileSystemDirectoryEntry)) {
      await collect(each, `${prefix}${entry.name}/`, found);
    }
  } else {
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: prefix + entry.name, content });
  }
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  // A browser gives a hundred at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Files without the folder that holds all of them: a suite beside what is in it finds them by the same paths. */
function withoutRoot(files: readonly GivenFile[]): GivenFile[] {
  const seen = files.filter(({ path }) => !path.split("/").some(isHidden));
  const [first = ""] = seen.map(({ path }) => path.split("/")[0] ?? "");
  const isShared = seen.every(({ path }) => path.startsWith(`${first}/`));
  return isShared ? seen.map(({ path, content }) => ({ path: path.slice(first.length + 1), content })) : [...seen];
}

function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX";
}
