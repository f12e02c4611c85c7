import { type Content, type Html, html } from "./html.js";

/** A part of a page; the page and its navigation are made from these. */
export interface Section {
  /** Its anchor: `#ranking`. */
  readonly id: string;
  /** In the navigation, and above it where there is no heading. */
  readonly title: string;
  /** Above it, where that says more than the title: with the words of the title, so that a reader who followed a link knows where it led. */
  readonly heading?: string;
  readonly classes?: string;
  /** CSS rules that hold inside this section alone. */
  readonly style?: string;
  readonly body: Html;
}

/** A section as it stands on the page. */
export function renderSection({ id, title, heading = title, classes, body }: Section): Html {
  return html`<section id="${id}"${classes !== undefined && html` class="${classes}"`}><h2>${heading}</h2>
${body}</section>`;
}

/** The rules of sections, each nested in its section, so that none reaches another. */
export function sectionStyles(sections: readonly Section[]): string {
  return sections.map(({ id, style }) => (style === undefined ? "" : `#${id} {${style}}\n`)).join("");
}

/** Links to sections. */
export function navigation(sections: readonly Section[]): Html {
  return html`${sections.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}`;
}

/** Something wide, which scrolls sideways within itself where the page is narrow; `label` names it and is not used twice on a page. */
export function scroll(label: string, content: Content): Html {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div>`;
}

/** How long sections are on the page, in characters; those that are left out take none. */
export function lengthOf(sections: readonly (Section | undefined)[]): number {
  return sections.reduce((sum, section) => sum + (section ? renderSection(section).markup.length : 0), 0);
}
