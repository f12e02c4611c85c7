import type { Features, RunStore } from "@em-stellar/core";
import { plural } from "../format.js";
import { html } from "../html.js";
import { tellLost } from "../lost-pictures.js";
import { page } from "../page.js";
import { pageSize } from "../report.js";
import { lengthOf, type Section } from "../section.js";
import type { LostPicture } from "../stored-map.js";
import { warningsStyle } from "../style/warnings-style.js";
import { betweenBlocksSection } from "./block-matrix.js";
import { sheetsSection } from "./contact-sheets.js";
import { distributionsSection } from "./distributions.js";
import { featuresAnswer } from "./features-answer.js";
import { featuresProvenance } from "./features-provenance.js";
import { redundancySection } from "./redundancy.js";

export interface FeaturesPageOptions {
  /** Where the pictures lie that the results name; a missing one costs its place, not the page. */
  readonly store: RunStore;
  /** The results' folder as seen from the page, for links; `..` by default. */
  readonly folder?: string;
  /** Told of each picture that is missing or damaged, in a sentence that names the file and says what to do. The page says so too. */
  readonly onLost?: (sentence: string) => void;
}

/**
 * One HTML page about the feature channels of trained networks: which repeats itself least, distributions of correlations
 * within and between blocks, and what channels look like. It asks for nothing from elsewhere and stays under 5 MB.
 */
export async function renderFeatures(
  features: Features,
  { store, folder = "..", onLost = () => {} }: FeaturesPageOptions,
): Promise<string> {
  const before = [
    warningsSection(features),
    redundancySection(features),
    distributionsSection(features),
    betweenBlocksSection(features),
  ];
  const after = featuresProvenance(features, folder);
  const spent = 60_000 + lengthOf([...before, after]); // the style sheet, the script and what stands around the sections
  const lost: LostPicture[] = [];
  const sheets = await sheetsSection(features, store, pageSize - spent, (picture) => lost.push(picture));
  tellLost(lost, onLost);
  const sections = [...before, sheets, after];
  return page(
    {
      kind: "Feature correlation",
      title: titleOf(features),
      finished: features.finished,
      folder,
      source: "features.json",
    },
    featuresAnswer(features),
    sections,
    html``,
  );
}

function titleOf({ models }: Features): string {
  const names = models.map(({ name }) => name);
  return names.length <= 3 ? names.join(", ") : `Features of ${plural(names.length, "network")}`;
}

function warningsSection({ warnings }: Features): Section | undefined {
  if (warnings.length === 0) return undefined;
  return {
    id: "warnings",
    title: "Warnings",
    heading: plural(warnings.length, "warning"),
    classes: "warnings",
    style: warningsStyle,
    body: html`<ul>${warnings.map(({ message }) => html`<li><p>${message}</p></li>`)}</ul>`,
  };
}
