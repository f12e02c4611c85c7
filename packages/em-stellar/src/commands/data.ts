import { resolve } from "node:path";
import { cardiac, download, lateralHabenula } from "../data-sets/index.js";
import { bar, count, duration, size } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

export interface DataOptions {
  /** Base URL that GitHub's raw files are fetched from. */
  readonly from?: string;
}

const dataSets = [cardiac, lateralHabenula];

/** `em-stellar data NAME DIR`: downloads a public data set and verifies every file. */
export async function data(id: string, folder: string, { from }: DataOptions, terminal: Terminal): Promise<void> {
  const dataSet = dataSets.find((one) => one.id === id) ?? cardiac; // the command line has refused other names
  const total = dataSet.files.reduce((sum, { bytes }) => sum + bytes, 0);
  terminal.print(`${dataSet.summary}.`);
  terminal.print(`Licence: ${dataSet.licence}`);
  terminal.print(`Cite:    ${dataSet.citation}`);
  const started = Date.now();
  let fetched = 0;
  let verified = 0;
  let kept = 0;
  let done = 0;
  const draw = () => {
    const seconds = (Date.now() - started) / 1000;
    const left = fetched > 0 ? `   ${duration(((total - verified) * seconds) / fetched)} left` : "";
    const rate = fetched > 0 ? `   ${size(fetched / seconds)}/s` : "";
    const files = `${done} of ${dataSet.files.length} files`;
    terminal.draw([`${files}  ${bar(verified / total, 30)}  ${size(verified)} of ${size(total)}${rate}${left}`]);
  };
  try {
    await download(dataSet, folder, {
      ...(from === undefined ? {} : { from }),
      onBytes(count) {
        fetched += count;
        draw();
      },
      onFile(file, state, number) {
        done = number;
        verified += file.bytes;
        if (state === "present") kept++;
        else if (!terminal.live) terminal.print(`✓ ${file.path} (${size(file.bytes)})`);
        draw();
      },
    });
  } finally {
    terminal.close();
  }
  const before = kept > 0 ? `, ${kept} of them already there` : "";
  terminal.print(`✓ ${count(dataSet.files.length, "file")} in ${resolve(folder)}${before}; every SHA-256 matches.`);
}
