import { isHidden } from "@em-stellar/data";
import type { GivenFile } from "./given-file.js";

/** The files that were chosen in a dialog, without those that systems hide. */
export function filesOfInput(list: FileList): GivenFile[] {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, content: file }));
  return files.filter(({ path }) => !path.split("/").some(isHidden));
}

/** Files and folders that were dropped, folders with all in them that systems do not hide. To be called before the event has ended. */
export async function filesOfDrop(transfer: DataTransfer): Promise<GivenFile[]> {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry());
  const plain = filesOfInput(transfer.files);
  // A script may hand over files that lie in no folder.
  if (entries.some((entry) => entry === null)) return plain;
  const found: GivenFile[] = [];
  for (const entry of entries) if (entry) await collect(entry, "", found);
  return found;
}

async function collect(entry: FileSystemEntry, folder: string, found: GivenFile[]): Promise<void> {
  if (isHidden(entry.name)) return;
  const path = `${folder}${entry.name}`;
  if (entry.isFile) {
    const content = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)); // isFile says so
    found.push({ path, content });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader(); // what is no file is a folder
  const next = () => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  // A browser gives a hundred at a time.
  for (let some = await next(); some.length > 0; some = await next()) {
    for (const each of some) await collect(each, `${path}/`, found);
  }
}

/** Files without the folder that holds all of them: a suite that is saved in that folder finds them by the same paths. */
export function withoutRoot(files: readonly GivenFile[]): GivenFile[] {
  const [first = ""] = files.map(({ path }) => path.split("/")[0] ?? "");
  const isShared = files.every(({ path }) => path.startsWith(`${first}/`));
  return files.map((file) => (isShared ? { ...file, path: file.path.slice(first.length + 1) } : file));
}
