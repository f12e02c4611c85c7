// What is used of the File System standard (https://fs.spec.whatwg.org) and of Web Locks (https://w3c.github.io/web-locks);
// the neutral code's libraries declare none of it.

/** A page's or a worker's global scope. */
export interface StorageScope {
  readonly navigator?: {
    readonly storage?: { getDirectory?(): Promise<Directory> };
    readonly locks?: Locks;
  };
  readonly AbortSignal: { timeout(milliseconds: number): unknown };
}

export interface Locks {
  /** Calls back when nobody else has the lock of this name, and holds it until what that gives is settled. */
  request(name: string, options: { readonly signal: unknown }, hold: () => Promise<void>): Promise<void>;
}

export interface Directory {
  readonly kind: "directory";
  getDirectoryHandle(name: string, options: { readonly create: boolean }): Promise<Directory>;
  getFileHandle(name: string, options?: { readonly create: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options: { readonly recursive: boolean }): Promise<void>;
  entries(): AsyncIterable<[name: string, handle: Directory | FileHandle]>;
  keys(): AsyncIterable<string>;
}

export interface FileHandle {
  readonly kind: "file";
  getFile(): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }>;
  createWritable(): Promise<Writable>;
  /** In every browser that has the rest, though the standard has yet to name it. */
  move(parent: Directory, name: string): Promise<void>;
}

interface Writable {
  write(content: Uint8Array): Promise<void>;
  /** Puts what was written in the place of what was there. */
  close(): Promise<void>;
  abort(): Promise<void>;
}
