import { expressionInterpreter } from "vega-interpreter";
import type { TopLevelSpec } from "vega-lite";
import { type Html, trusted } from "./html.js";

/** The space around a chart's plot, in pixels. */
interface Margins {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Names of colours that the style sheet sets, so that one drawing serves light, dark and print. */
export const colours = {
  ink: "var(--ink)",
  muted: "var(--muted)",
  rule: "var(--rule)",
  accent: "var(--accent)",
  paper: "var(--paper)",
} as const;

/** Room for a text of the charts' font size, in pixels; there is no browser here to measure it. */
export function textWidth(text: string): number {
  return Math.ceil(text.length * 6.4);
}

/** The scale of an axis of numbers. Vega-Lite warns in the terminal of a logarithmic one that is told where 0 is. */
export function scaleOver(domain: readonly [number, number], logarithmic: boolean) {
  const ends: [number, number] = [...domain];
  return logarithmic
    ? { type: "log" as const, domain: ends, nice: false }
    : { type: "linear" as const, domain: ends, nice: false, zero: false };
}

/** A Vega-Lite chart of layers on one plot. */
type ChartSpec = Pick<Extract<TopLevelSpec, { layer: unknown }>, "data" | "encoding" | "layer" | "transform"> & {
  readonly width: number;
  readonly height: number;
};

/**
 * Draws a Vega-Lite chart of one view to SVG. Its size is that of the plot and the margins, whatever the font, and
 * its marks carry no text for screen readers: `description` speaks for the whole.
 */
export async function drawChart(spec: ChartSpec, margins: Margins, description: string): Promise<Html> {
  // Loaded when a chart is drawn: their top-level await would keep `require` from loading this package.
  const [{ parse, View }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const { spec: vega } = compile({
    ...spec,
    background: "transparent",
    padding: margins,
    autosize: { type: "none" },
    config: {
      aria: false,
      font,
      view: { stroke: null },
      style: { cell: { stroke: null } },
      axis: {
        labelColor: colours.muted,
        titleColor: colours.muted,
        labelFontSize: 11,
        titleFontSize: 11,
        titleFontWeight: "normal",
        gridColor: colours.rule,
        domainColor: colours.rule,
        tickColor: colours.rule,
        labelLimit: 0,
        titleLimit: 0,
        tickSize: 4,
      },
      text: { fontSize: 11, color: colours.ink },
    },
  });
  // Expressions are interpreted: a page whose policy forbids to compile JavaScript draws the same charts.
  const view = new View(parse(vega, undefined, { ast: true }), { renderer: "none", expr: expressionInterpreter });
  const svg = await view.toSVG();
  view.finalize();
  // The page's style sheet names the font once for all charts.
  const markup = svg
    .replaceAll(` font-family="${font}"`, "")
    .replace(/ role="graphics-[a-z]+"| aria-roledescription="[^"]*"/g, "") // parts of one picture, not pictures without a name
    .replace("<svg", `<svg role="img" aria-label="@"`);
  return trusted(ownIds(markup, description).replace('aria-label="@"', () => `aria-label="${description}"`));
}

/** Vega numbers its clips through the life of the program; a page has to be the same however many were drawn before. */
function ownIds(markup: string, description: string): string {
  const name = description.replace(/\W+/g, "-");
  const numbers = new Map<string, number>();
  return markup.replace(/(?<=\bid="|url\(#)clip(\d+)/g, (_, number: string) => {
    if (!numbers.has(number)) numbers.set(number, numbers.size + 1);
    return `${name}${numbers.get(number)}`;
  });
}

const font = "sans-serif";
