import { discs, trainer } from "./batch.js";
import { buildModel, fault, type Subject } from "./subject.js";

/** Within some steps on one batch the loss falls well below that of the best constant prediction. */
export async function checkOverfitting(subject: Subject): Promise<void> {
  const { side, options } = subject;
  const constant = lossOfConstant(side);
  const wanted = options.lossShare * constant;
  let lowest = Number.POSITIVE_INFINITY;
  for (const seed of options.seeds) {
    const model = buildModel(subject, [side, side, 1], seed);
    const { step, dispose } = trainer(model, side, options.optimizer());
    try {
      for (let i = 0; i < options.steps; i++) {
        const loss = await step();
        if (!Number.isFinite(loss)) {
          throw fault(
            subject,
            `has a loss of ${loss} at step ${i + 1} of overfitting a batch (seed ${seed}). Look for a logarithm, a root or a quotient of 0, or give these checks an optimizer with a smaller learning rate.`,
          );
        }
        lowest = Math.min(lowest, loss);
        if (lowest <= wanted) return;
      }
    } finally {
      dispose();
      model.dispose();
    }
  }
  throw fault(
    subject,
    `does not learn two discs in noise: in ${options.steps} steps its cross-entropy falls to ${lowest.toFixed(3)} at best (seeds ${options.seeds.join(", ")}), where ${wanted.toFixed(3)} is needed and a constant reaches ${constant.toFixed(3)}. Look for a ReLU right before the output, which can die, and for an output that cannot come near 0 or 1; or give these checks more steps or another optimizer.`,
  );
}

/** The cross-entropy of the share of object pixels, predicted everywhere. */
function lossOfConstant(side: number): number {
  const { masks } = discs(side);
  const share = masks.reduce((sum, value) => sum + value, 0) / masks.length;
  return -(share * Math.log(share) + (1 - share) * Math.log(1 - share));
}
