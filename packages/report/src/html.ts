import { visible } from "@em-stellar/core";

/** Markup that is safe to put into a page: made by the `html` tag, which escapes whatever is not itself markup. */
export interface Html {
  readonly markup: string;
}

/** What a template takes: text and numbers are escaped, lists joined, `undefined` and `false` leave nothing. */
export type Content = Html | string | number | undefined | false | readonly Content[];

/** Markup from a template literal. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Html {
  let markup = strings[0] ?? "";
  contents.forEach((content, i) => {
    markup += render(content) + (strings[i + 1] ?? "");
  });
  return { markup };
}

/** Markup from elsewhere (a chart's SVG, the style sheet), taken as it is. */
export function trusted(markup: string): Html {
  return { markup };
}

/** The text with everything that HTML reads as markup written out, in elements and in quoted attributes; control characters become visible. */
export function escapeHtml(text: string): string {
  return visible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** `a`, `a and b`, `a, b and c`; beyond `most` items: `a, b, c and 4 others`. */
export function listed(items: readonly Content[], most = 4): Html {
  const shown = items.length > most ? items.slice(0, most - 1) : items;
  const rest = items.length - shown.length;
  const parts: Content[] = rest > 0 ? [...shown, `${rest} others`] : [...shown];
  const last = parts.pop();
  if (parts.length === 0) return html`${last}`;
  return html`${parts.map((part, i) => html`${i > 0 && ", "}${part}`)} and ${last}`;
}

function render(content: Content): string {
  if (content === undefined || content === false) return "";
  if (typeof content === "string") return escapeHtml(content);
  if (typeof content === "number") return String(content);
  if ("markup" in content) return content.markup;
  return content.map(render).join("");
}
