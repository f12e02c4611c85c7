import { type Evaluation, rankMethods, scoreboardOfEvaluation } from "@em-stellar/core";
import { glossarySection, wordsOfTraining } from "../glossary.js";
import { heatmapSection } from "../heatmap.js";
import { tellLost } from "../lost-pictures.js";
import { page } from "../page.js";
import { perImageSection } from "../per-image.js";
import { candidates, drawPictures, paletteStyle } from "../pictures.js";
import { pageSize, type ReportOptions } from "../report.js";
import { lengthOf } from "../section.js";
import { evaluationAnswer } from "./evaluation-answer.js";
import { evaluationCitation } from "./evaluation-citation.js";
import { evaluationProvenance } from "./evaluation-provenance.js";
import { evaluationWarnings } from "./evaluation-warnings.js";
import { groupMeasures } from "./measures.js";
import { scoresSection } from "./score-tables.js";
import { thresholdSection } from "./threshold-charts.js";

/** Metrics that are drawn image by image: those of the first tables. */
const mostStrips = 12;

/** Ids of the images that a report may show, those first that it shows in any case: their masks have to be in the store. */
export function picturedImages(evaluation: Evaluation): string[] {
  return candidates(scoreboardOfEvaluation(evaluation));
}

/**
 * One HTML page about predictions that were made elsewhere: which method is best, every score with its interval, charts over
 * thresholds, overlays on truth, and what was evaluated. It asks for nothing from elsewhere and stays under 5 MB.
 */
export async function renderEvaluation(
  evaluation: Evaluation,
  { store, palette = "accessible", folder = "..", citation = () => undefined, onLost = () => {} }: ReportOptions,
): Promise<string> {
  const board = scoreboardOfEvaluation(evaluation);
  const ranked = rankMethods(board);
  const strips = groupMeasures(evaluation)
    .flatMap(({ metrics }) => metrics)
    .slice(0, mostStrips);
  const before = [scoresSection(evaluation, folder)];
  const after = [
    await thresholdSection(evaluation),
    heatmapSection(board, ranked),
    await perImageSection({ ...board, metrics: strips }, ranked),
    evaluationProvenance(evaluation, folder),
    evaluationCitation(evaluation, citation),
    glossarySection(board, wordsOfTraining),
  ];
  const spent = 60_000 + lengthOf([...before, ...after]); // the style sheet, the script and what stands around the sections
  const pictures = await drawPictures(board, ranked, { store, palette, budget: pageSize - spent, folder });
  tellLost(pictures.lost, onLost);
  const sections = [evaluationWarnings(evaluation, pictures.lost), ...before, pictures.section, ...after];
  return page(
    { kind: "Evaluation of EM segmentations", title: evaluation.name, finished: evaluation.finished, folder },
    evaluationAnswer(evaluation),
    sections,
    paletteStyle(palette),
  );
}
