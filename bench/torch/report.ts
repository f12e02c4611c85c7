import { modes, type Seconds, type Task } from "./peer.js";
import type { Agreement } from "./same-network.js";
import type { Spread } from "./spread.js";
import type { Spreads, Turns } from "./turns.js";

/** One case on so many threads. */
export interface Measurement extends Agreement, Turns {
  readonly case: string;
  readonly task: Task;
  /** Of the square images, in pixels. */
  readonly side: number;
  readonly threads: number;
}

/** A table in Markdown: our milliseconds, and PyTorch's time over ours. */
export function tableOf(results: readonly Measurement[], kind: keyof Seconds): string {
  const ratio = ({ median, lower, upper }: Spread) =>
    `${median.toFixed(2)} (${lower.toFixed(2)} – ${upper.toFixed(2)})`;
  const rows = results.map(({ case: name, task, side, threads, milliseconds, ratios }) => [
    name,
    `${task}, ${side}²`,
    `${threads}`,
    (milliseconds.ours as Spreads)[kind].median.toFixed(0),
    ...modes.map((mode) => (ratios[mode] ? ratio(ratios[mode][kind]) : "")),
  ]);
  const head = ["network", "work", "threads", "ms", ...modes];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** A measurement as text, wall and processor times beside each other. */
export function print({ case: name, side, parameters, difference, milliseconds, ratios }: Measurement): void {
  const ratio = ({ median, lower, upper }: Spread) =>
    `${median.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`.padEnd(22);
  console.log(`\n${name}, ${side}²: ${parameters} weights; values differ by at most ${difference.toExponential(0)}`);
  console.log(`  ${"".padEnd(15)}${"wall".padStart(7)}  ${"ratio".padEnd(22)}${"processor".padStart(9)}  ratio`);
  for (const [side, { wall, processor }] of Object.entries(milliseconds)) {
    const over = ratios[side];
    console.log(
      `  ${side.padEnd(15)}${wall.median.toFixed(0).padStart(7)}  ${over ? ratio(over.wall) : "".padEnd(22)}` +
        `${processor.median.toFixed(0).padStart(9)}  ${over ? ratio(over.processor) : ""}`.trimEnd(),
    );
  }
}
