import { type Results, type RunStore, rankMethods, scoreboardOfRun } from "@em-stellar/core";
import { answerOf } from "./answer.js";
import { type CitationLookup, citationSection } from "./citation.js";
import { costSection } from "./cost.js";
import { criteriaSection } from "./criteria.js";
import { learningSection } from "./curves.js";
import { effectsSection } from "./effects.js";
import { glossarySection } from "./glossary.js";
import { heatmapSection } from "./heatmap.js";
import { tellLost } from "./lost-pictures.js";
import type { Palette } from "./overlay.js";
import { page } from "./page.js";
import { perImageSection } from "./per-image.js";
import { drawPictures, paletteStyle } from "./pictures.js";
import { provenanceSection } from "./provenance.js";
import { rankingSection } from "./ranking.js";
import { lengthOf, sectionStyles } from "./section.js";
import { chartStyle } from "./style/page-style.js";
import { transferSection } from "./transfer.js";
import { useSection } from "./use.js";
import { warningsSection } from "./warnings.js";

export interface ReportOptions {
  /** The run folder: test images, truths and predictions are read from it. What is missing there is missing on the page, with a word about it. */
  readonly store: RunStore;
  /** Colours of the overlays; by default `accessible`. */
  readonly palette?: Palette;
  /** Where the run folder lies as seen from the page, for links to its files; `..` where absent, as for `report/index.html`. */
  readonly folder?: string;
  /** The publication behind a component whose results do not record it, as those of versions before it. */
  readonly citation?: CitationLookup;
  /** Told of each picture that is missing or damaged, in a sentence that names the file and says what to do. The page says so too. */
  readonly onLost?: (sentence: string) => void;
}

/** Bytes that the page stays under; the pictures get what the rest leaves of it. */
export const pageSize = 4_600_000;

/**
 * One HTML page about a run that asks for nothing from elsewhere and stays under 5 MB: the answer in a sentence, the ranking,
 * charts, overlays of predictions and truth, and what was run. The same results and files give the same page.
 */
export async function renderReport(
  results: Results,
  { store, palette = "accessible", folder = "..", citation = () => undefined, onLost = () => {} }: ReportOptions,
): Promise<string> {
  const ranked = rankMethods(results);
  const board = scoreboardOfRun(results);
  const before = [rankingSection(results, ranked), useSection(results, ranked, folder), heatmapSection(board, ranked)];
  const after = [
    transferSection(results),
    await effectsSection(results, ranked),
    await learningSection(results, ranked),
    await costSection(results, ranked),
    criteriaSection(results),
    await perImageSection(board, ranked),
    provenanceSection(results, ranked, folder),
    citationSection(results, citation),
    glossarySection(results),
  ];
  const spent = 60_000 + lengthOf([...before, ...after]); // the style sheet, the script and what stands around the sections
  const pictures = await drawPictures(board, ranked, { store, palette, budget: pageSize - spent, folder });
  tellLost(pictures.lost, onLost);
  const sections = [warningsSection(results, pictures), ...before, pictures.section, ...after];
  return page(
    { kind: "Benchmark of EM segmentation", title: results.suite, finished: results.finished, folder },
    answerOf(results, ranked),
    sections,
    paletteStyle(palette),
  );
}

/** Parts of the report, for a program that has a page of its own around them. */
export interface ReportParts {
  /** The answer, and sentences that limit it: markup, safe to put into a page, as all of this is. */
  readonly lead: string;
  readonly limits: readonly string[];
  /** Warnings and charts, in the order of the report. Charts take their colours from `--ink`, `--muted`, `--rule`, `--accent` and `--paper`. */
  readonly sections: readonly { readonly id: string; readonly title: string; readonly markup: string }[];
  /**
   * Rules for the sections: those of a section hold within the element whose id is the section's, those of all charts within
   * elements of the class `report-part`.
   */
  readonly style: string;
}

/** The parts of a report that follow from its results alone, without pictures and without anything that needs a script. */
export async function reportParts(results: Results): Promise<ReportParts> {
  const ranked = rankMethods(results);
  const board = scoreboardOfRun(results);
  const { lead, limits } = answerOf(results, ranked);
  const sections = [
    heatmapSection(board, ranked),
    transferSection(results),
    await effectsSection(results, ranked),
    await learningSection(results, ranked),
    await costSection(results, ranked),
    await perImageSection(board, ranked),
    glossarySection(results),
  ].filter((section) => section !== undefined);
  return {
    lead: lead.markup,
    limits: limits.map(({ markup }) => markup),
    sections: sections.map(({ id, title, heading = title, body }) => ({ id, title: heading, markup: body.markup })),
    style: `.report-part {\n${chartStyle}}\n${sectionStyles(sections)}`,
  };
}
