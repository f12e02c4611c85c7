import { visible } from "./visible.js";
import { wrapped } from "./wrap.js";

/** Where a command writes: lines that stay, and on a terminal a live block below them that is drawn over. */
export interface Terminal {
  /** Whether somebody watches: a live block is shown. */
  readonly live: boolean;
  readonly columns: number;
  /** Writes text that stays. */
  print(text?: string): void;
  /** Replaces the live block. */
  draw(lines: readonly string[]): void;
  /** Takes the live block away and gives the cursor back. */
  close(): void;
}

/** How wide a table may be: as wide as the terminal; in a pipe or a file, as wide as it is. */
export function roomOf({ live, columns }: Pick<Terminal, "live" | "columns">): number {
  return live ? columns : Number.POSITIVE_INFINITY;
}

/** The part of a Node stream that a terminal needs. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Node's own, undocumented: asks the system for the size. By itself a stream learns of another size by a signal, later. */
  _refreshSize?(): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

const start = "\u001b[";
const colours: readonly [pattern: RegExp, code: number][] = [
  [/━+/g, 36],
  [/─+/g, 90],
  [/^✓/g, 32],
  [/^✗/g, 31],
  [/^!/g, 33],
  [/^·.*/g, 90],
];

/** Colours and a live block on a terminal; plain lines in a pipe, with `TERM=dumb` or where `NO_COLOR` is set (without the colours only). */
export function openTerminal(output: Output, env: Environment): Terminal {
  const live = output.isTTY === true && env.TERM !== "dumb";
  const coloured = live && !env.NO_COLOR; // no-color.org: set and not empty
  const paint = (line: string) =>
    coloured
      ? colours.reduce((text, [pattern, code]) => text.replace(pattern, (s) => `${start}${code}m${s}${start}0m`), line)
      : line;
  let drawn: readonly string[] = [];
  /** The end of a block that is higher than the terminal: what has left it at the top could not be taken away again. */
  const fitted = (lines: readonly string[]) => {
    const most = Math.max(2, (output.rows ?? 24) - 1);
    return lines.length <= most ? lines : [`… and ${lines.length - most + 1} more`, ...lines.slice(1 - most)];
  };
  /** Between a change of size and its signal, a block would be taken away as if it were still as wide as it was drawn. */
  const refreshSize = () => {
    try {
      if (live) output._refreshSize?.();
    } catch {} // a terminal that was closed has no size, and nobody to see one
  };
  const columns = () => output.columns ?? 80;
  // What is typed, such as ^C, stands where the cursor is; and a terminal that has become narrower has wrapped the block.
  const rows = (line: string) => Math.max(1, Math.ceil(line.length / columns()));
  const up = () => drawn.reduce((sum, line) => sum + rows(line), 0);
  const erase = () => (live ? `\r${drawn.length === 0 ? "" : `${start}${up()}A`}${start}0J` : "");
  const block = (lines: readonly string[]) => lines.map((line) => `${paint(line)}\n`).join("");
  return {
    live,
    get columns() {
      return columns();
    },
    print(text = "") {
      refreshSize();
      const whole = visible(text).split("\n");
      const lines = (live ? whole.flatMap((line) => wrapped(line, columns())) : whole).map(paint).join("\n");
      output.write(`${erase()}${lines}\n${block(drawn)}`);
    },
    draw(texts) {
      if (!live) return;
      refreshSize();
      const lines = fitted(texts.map(visible));
      const hide = drawn.length === 0 && lines.length > 0 ? `${start}?25l` : "";
      const show = drawn.length > 0 && lines.length === 0 ? `${start}?25h` : "";
      output.write(`${hide}${erase()}${block(lines)}${show}`);
      drawn = lines;
    },
    close() {
      if (drawn.length > 0) this.draw([]);
    },
  };
}
