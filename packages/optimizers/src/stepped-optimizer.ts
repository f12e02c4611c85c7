import { EmStellarError } from "@em-stellar/core";
import type { WeightUpdate } from "@em-stellar/kernels";
import {
  engine,
  keep,
  type NamedTensorMap,
  Optimizer,
  scalar,
  type serialization,
  type Tensor,
  tidy,
  type Variable,
  zerosLike,
} from "@tensorflow/tfjs-core";

/** tfjs does not export the type of its own interface. */
type NamedTensor = Awaited<ReturnType<Optimizer["getWeights"]>>[number];

/** How an optimizer computes. */
export interface UpdateRule {
  /** Names of the tensors kept for each weight, of the weight's shape, zero at first. */
  readonly slots: readonly string[];
  /**
   * Called once for each step, which count from 1, inside a `tidy`. Gives for each weight the new weight followed by the new
   * slots. The old ones are not read again, so that a backend may write the new ones over them.
   */
  update(step: number, weights: readonly WeightUpdate[]): Tensor[][];
}

/**
 * A tfjs optimizer made of an update rule. Its state is the number of steps and the slots of every weight, in the order in
 * which the first step met the weights; `setWeights` gives them back by that order, because tfjs renames the variables of
 * every further model of a program.
 */
export class SteppedOptimizer extends Optimizer {
  static readonly className: string = "EmStellarSteppedOptimizer";
  private readonly rule: UpdateRule;
  private readonly config: serialization.ConfigDict;
  /** By the name of the variable, in the order of the first step. */
  private readonly slots = new Map<string, Tensor[]>();
  /** State given to `setWeights` that no variable has claimed yet, in order. */
  private restored: NamedTensor[][] = [];
  private savedIterations: Tensor | undefined;

  constructor(rule: UpdateRule, config: serialization.ConfigDict) {
    super();
    this.rule = rule;
    this.config = config;
  }

  override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const named: { name: string; tensor?: Tensor }[] = Array.isArray(gradients)
      ? gradients
      : Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));
    if (this.restored.length > 0 && this.restored.length !== named.length) {
      throw new EmStellarError(
        `The saved optimizer state is that of ${this.restored.length} weights, but gradients were given for ${named.length}. ` +
          "Restore it for the same network.",
      );
    }
    this.incrementIterations();
    tidy(() => {
      const updates = named.flatMap(({ name, tensor: gradient }) => {
        const variable = variableNamed(name);
        const slots = this.slots.get(name) ?? this.claim(variable);
        // tfjs gives no gradient for a weight that the loss does not depend on
        return gradient ? [{ weight: variable, gradient, slots }] : [];
      });
      if (updates.length === 0) return;
      const results = this.rule.update(this.iterations, updates);
      for (const [i, { weight, slots }] of updates.entries()) {
        const [newWeight, ...newSlots] = results[i] as [Tensor, ...Tensor[]];
        weight.assign(newWeight);
        this.slots.set(weight.name, newSlots.map(keep));
        for (const slot of slots) slot.dispose();
      }
    });
  }

  /** The number of steps, then the slots of each weight. The tensors stay the optimizer's own: read them, do not dispose them. */
  override async getWeights(): Promise<NamedTensor[]> {
    this.savedIterations?.dispose();
    this.savedIterations = tidy(() => keep(scalar(this.iterations, "int32")));
    const owned = [...this.slots].flatMap(([name, slots]) =>
      slots.map((tensor, i) => ({ name: `${name}/${this.rule.slots[i]}`, tensor })),
    );
    return [{ name: "iter", tensor: this.savedIterations }, ...owned, ...this.restored.flat()];
  }

  /** Takes what `getWeights` gave, copied; the tensors stay the caller's own. */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const { slots: slotNames } = this.rule;
    const perWeight = slotNames.length;
    const [iterations, ...slots] = weights;
    const stranger = slots.find(({ name }, i) => !name.endsWith(`/${slotNames[i % perWeight]}`));
    if (iterations?.tensor.size !== 1 || stranger || (perWeight > 0 && slots.length % perWeight !== 0)) {
      throw new EmStellarError(
        `This optimizer's state is a step count and, for each weight, ${slotNames.join(" and ") || "nothing"}; ` +
          `it cannot take ${stranger ? `"${stranger.name}"` : `${weights.length} tensors`}. ` +
          "Restore the state into an optimizer of the kind that saved it.",
      );
    }
    this.iterations_ = (await iterations.tensor.data())[0] ?? 0;
    this.release();
    this.restored = Array.from({ length: perWeight && slots.length / perWeight }, (_, i) =>
      slots
        .slice(i * perWeight, (i + 1) * perWeight)
        .map(({ name, tensor }) => ({ name, tensor: tidy(() => keep(tensor.clone())) })),
    );
  }

  override getConfig(): serialization.ConfigDict {
    return this.config;
  }

  override dispose(): void {
    this.savedIterations?.dispose();
    this.release();
  }

  private release(): void {
    for (const tensor of [...this.slots.values()].flat()) tensor.dispose();
    for (const { tensor } of this.restored.flat()) tensor.dispose();
    this.slots.clear();
    this.restored = [];
  }

  /** The state of a variable met for the first time: what was saved for the one in its place, or zeros. */
  private claim(variable: Variable): Tensor[] {
    const [saved] = this.restored;
    const mismatch = saved?.find(({ tensor }) => tensor.shape.join() !== variable.shape.join());
    if (mismatch) {
      throw new EmStellarError(
        `The saved optimizer state "${mismatch.name}" has shape [${mismatch.tensor.shape}], but the weight "${variable.name}" in its place ` +
          `has shape [${variable.shape}]. Restore it for the same network, with the weights in the same order.`,
      );
    }
    this.restored.shift();
    const slots = saved?.map(({ tensor }) => tensor) ?? this.rule.slots.map(() => keep(zerosLike(variable)));
    this.slots.set(variable.name, slots);
    return slots;
  }
}

function variableNamed(name: string): Variable {
  const variable = engine().registeredVariables[name];
  if (!variable) {
    throw new EmStellarError(`A gradient was given for the variable "${name}", which does not exist (any more).`);
  }
  return variable;
}
