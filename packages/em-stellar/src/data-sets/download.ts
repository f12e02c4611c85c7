import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { EmStellarError } from "@em-stellar/core";
import { makeFolder } from "@em-stellar/runner/node";
import type { DataFile, DataSet } from "./data-set.js";

export interface DownloadOptions {
  /** Where `owner/repository/commit/path` is served; a mirror, or a server of a test. */
  readonly from?: string;
  /** How often a broken connection is taken up again, for each file. */
  readonly retries?: number;
  /** Called when a file is there and verified. */
  readonly onFile?: (file: DataFile, state: "present" | "fetched", done: number) => void;
  /** Called as bytes arrive, with how many. */
  readonly onBytes?: (count: number) => void;
}

const github = "https://raw.githubusercontent.com";
const patience = 30_000; // milliseconds without a byte before a connection counts as broken

/**
 * Fetches the files of a data set into a folder and verifies each against its SHA-256. What is there and right is kept;
 * what was begun continues where it stopped. Throws an error that names the file which could not be had.
 */
export async function download(dataSet: DataSet, folder: string, options: DownloadOptions = {}): Promise<void> {
  const { from = github, retries = 4, onFile, onBytes } = options;
  for (const [index, file] of dataSet.files.entries()) {
    const path = join(folder, ...file.path.split("/"));
    const present = await sha256(path);
    if (present !== undefined && present !== file.sha256) {
      throw new EmStellarError(
        `${path} is not the published file: its SHA-256 is ${present}, but ${file.sha256} was expected. Move it away and run the same command again to download the original.`,
      );
    }
    if (present === undefined) {
      await makeFolder(dirname(path)).catch((error: unknown) => {
        throw new EmStellarError(
          `${dirname(path)} cannot be made (${error instanceof Error ? error.message : error}). Choose another folder, or change its permissions.`,
        );
      });
      const url = `${from}/${dataSet.source(file.path).split("/").map(encodeURIComponent).join("/")}`;
      await fetchFile(file, url, path, retries, onBytes);
    }
    onFile?.(file, present === undefined ? "fetched" : "present", index + 1);
  }
}

async function fetchFile(
  file: DataFile,
  url: string,
  path: string,
  retries: number,
  onBytes: DownloadOptions["onBytes"],
): Promise<void> {
  const part = `${path}.part`;
  let problem = "";
  for (let attempt = 0; attempt <= retries; attempt++) {
    if (attempt > 0) await sleep(100 * 4 ** attempt); // 0.4, 1.6, 6.4, 25.6 seconds
    const resumed = (await sizeOf(part)) > 0;
    try {
      await continuePart(file, url, part, onBytes);
    } catch (error) {
      if (error instanceof EmStellarError) throw error;
      problem = reason(error);
      continue;
    }
    const found = await sha256(part);
    if (found === file.sha256) {
      await rename(part, path);
      return;
    }
    await rm(part, { force: true });
    problem = `its SHA-256 is ${found}, but ${file.sha256} was expected`;
    if (!resumed) {
      throw new EmStellarError(
        `${url} is not the file that was published as ${file.path}: ${problem}. Nothing was kept of it.`,
      );
    }
  }
  throw new EmStellarError(
    `Could not download ${file.path} from ${url}: ${problem}. Run the same command again to continue where it stopped.`,
  );
}

/** Asks for what is still missing of a file and appends it to `part`; starts over where the server sends the whole. */
async function continuePart(file: DataFile, url: string, part: string, onBytes?: (count: number) => void) {
  let start = await sizeOf(part);
  if (start >= file.bytes) {
    if (start === file.bytes) return;
    await rm(part);
    start = 0;
  }
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(new Error(`no answer for ${patience / 1000} s`)), patience);
  try {
    const response = await fetch(url, {
      headers: { "accept-encoding": "identity", ...(start > 0 ? { range: `bytes=${start}-` } : {}) },
      signal: stalled.signal,
    });
    if (!response.ok || response.body === null) throw refusal(file, url, response);
    const continues = response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${start}-`);
    let size = continues ? start : 0;
    const arriving = async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        timer.refresh();
        size += chunk.length;
        if (size > file.bytes) throw new TooLongError(file, url);
        onBytes?.(chunk.length);
        yield chunk;
      }
    };
    // fetch's ReadableStream and Node's are one class under two names in the type declarations
    const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(body, arriving, createWriteStream(part, { flags: continues ? "a" : "w" }));
  } catch (error) {
    if (error instanceof TooLongError) await rm(part, { force: true });
    if (isOfDisk(error)) {
      throw new EmStellarError(
        `${part} cannot be written (${error.message}). Free some space there, or choose another folder. Then run the same command again to continue where it stopped.`,
      );
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
  const size = await sizeOf(part);
  if (size < file.bytes) throw new Error(`the connection broke after ${size} of ${file.bytes} bytes`);
}

/** What arrives is more than was published: a server that never stops would fill the disk. */
class TooLongError extends EmStellarError {
  constructor(file: DataFile, url: string) {
    super(
      `${url} is not the file that was published as ${file.path}: it is longer than ${file.bytes} bytes. Nothing was kept of it.`,
    );
  }
}

/** An error to try again after, or one that a second try would not change. */
function refusal(file: DataFile, url: string, { status, statusText }: Response): Error {
  const answer = `${status} ${statusText}`.trim();
  if (status === 429 || status >= 500) return new Error(`the server answered ${answer}`);
  return new EmStellarError(`Could not download ${file.path}: ${url} answered ${answer}.`);
}

/** Whether the disk refused what had arrived: another try would not change that. */
function isOfDisk(error: unknown): error is Error {
  const codes = ["ENOSPC", "EDQUOT", "EACCES", "EPERM", "EROFS", "EFBIG", "EIO", "EISDIR"];
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps what happened as the cause
  return error.cause instanceof Error ? error.cause.message || error.message : error.message;
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function sha256(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  if (!found.isFile())
    throw new EmStellarError(`${path} is not a regular file. Move it away, or choose another folder.`);
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
