import type { Features } from "@em-stellar/core";

/** What a reader has to know before the numbers mean anything. */
export function warningsOf({ images, models }: Pick<Features, "images" | "models">): Features["warnings"] {
  const warnings: Features["warnings"] = [];
  const positions = Math.min(...images.map(({ grid }) => grid.width * grid.height));
  if (positions < 64) {
    warnings.push({
      code: "few-pixels",
      message: `Feature maps are compared over ${positions} pixels only: chance alone gives correlations of about ±${(1 / Math.sqrt(positions)).toFixed(2)}. Larger images, or networks with fewer steps down, give more.`,
    });
  }
  for (const { name, blocks, channels } of models) {
    const dead = blocks.reduce((sum, block) => sum + block.dead, 0);
    if (2 * dead > channels) {
      warnings.push({
        code: "dead-channels",
        message: `${dead} of ${channels} channels of ${name} are constant on every image: they do nothing. Its training may have failed, or its images may be normalised differently.`,
      });
    }
  }
  return warnings;
}
