import { bestFirst, type Features, type FeaturesOfModel } from "@em-stellar/core";
import type { Answer } from "../answer.js";
import { formatCount, formatScore, formatShare, plural } from "../format.js";
import { html } from "../html.js";
import { withNames } from "../intervals.js";

type Scored = FeaturesOfModel & { readonly redundancy: { readonly meanAbs: number } };

/** Networks from the one whose channels repeat each other least to the one that repeats itself most. */
export function byRedundancy(models: readonly FeaturesOfModel[]): FeaturesOfModel[] {
  return bestFirst("minimize", models, ({ redundancy }) => redundancy.meanAbs);
}

/** What was found, in a sentence or two of plain text. */
export function featuresSentence({ models, images, threshold }: Features): string {
  const scored = byRedundancy(models).filter((model): model is Scored => model.redundancy.meanAbs !== null);
  const on = `on ${plural(images.length, "image")}`;
  const [first, ...others] = scored;
  if (!first) return `No network has two feature maps that vary ${on}: there is nothing to correlate.`;
  const { meanAbs, twins } = first.redundancy;
  const twinsOf = (share: number | null) => `${formatShare(share ?? 0)} of its maps have a twin (|r| > ${threshold})`;
  if (others.length === 0) {
    return `Two feature maps of ${first.name} correlate with a mean |r| of ${formatScore(meanAbs)} ${on}, and ${twinsOf(twins)}.`;
  }
  const last = others.at(-1) as Scored; // there is one
  const [least, most] = [formatScore(meanAbs), formatScore(last.redundancy.meanAbs)];
  if (least === most) {
    return `The networks repeat themselves equally: their feature maps correlate with a mean |r| of ${least} ${on}.`;
  }
  const between = others.length > 1 ? ` (with ${plural(others.length - 1, "other")} in between)` : "";
  return `${first.name} repeats itself least: its feature maps correlate with a mean |r| of ${least} ${on}, and ${twinsOf(twins)}. ${last.name} repeats itself most${between}: ${most}, and ${formatShare(last.redundancy.twins ?? 0)}.`;
}

/** The sentence, and what it does not say. */
export function featuresAnswer(features: Features): Answer {
  const { models, images } = features;
  const grids = [...new Set(images.map(({ grid }) => `${grid.width} × ${grid.height}`))];
  const pairs = models.reduce((sum, model) => sum + model.pairs.reduce((all, each) => all + each.pairs, 0), 0);
  return {
    lead: withNames(
      featuresSentence(features),
      models.map(({ name }) => name),
    ),
    limits: [
      html`${formatCount(pairs)} pairs were compared, each of two maps of the same network on the same image, at ${grids.join(", ")} pixels.`,
      html`This shows how often channels have the same picture, not how well a network segments. A redundant network may still be the better one, but larger than necessary.`,
      models.length > 1 &&
        html`Each network is shown after one training; another training of the same network may differ by as much.`,
    ].filter((limit) => typeof limit === "object"),
  };
}
