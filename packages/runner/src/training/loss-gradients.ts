import {
  dispose,
  type NamedTensorMap,
  onesLike,
  type Scalar,
  type Tensor,
  type Tensor4D,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { record, type Tape } from "./gradient-tape.js";
import { bytesOf, type GraphStep, runSteps, shapesOf, stepsOf, type Values } from "./layer-graph.js";
import { keepState } from "./layer-state.js";
import { cutIntoSegments } from "./segments.js";

/** A loss, and its gradient by each weight that has a part in it, by name. All are the caller's to dispose. */
export interface LossGradients {
  readonly value: Scalar;
  readonly grads: NamedTensorMap;
}

/** Computes the loss of a model's prediction for some images, and its gradients by `variables`. */
export type ComputeLossGradients = (
  images: Tensor4D,
  lossOf: (prediction: Tensor4D) => Scalar,
  variables: readonly Variable[],
) => LossGradients;

/** Keeps what each layer gives until its gradient is due. */
export function keepingActivations(model: LayersModel): ComputeLossGradients {
  return (images, lossOf, variables) =>
    tidy(() => {
      const forward = record(() => [lossOf(model.apply(images, { training: true }) as Tensor4D)]); // one output
      const [value] = forward.outputs as [Scalar];
      const gradients = new Map<number, Tensor>([[value.id, onesLike(value)]]);
      backThrough(forward.tape, gradients, variables);
      return { value, grads: named(gradients, variables) };
    });
}

/**
 * Keeps what crosses a few cuts through the network, and computes each segment between them again when its gradient is due.
 * Values and gradients are those of {@link keepingActivations}, to the bit where the backend computes the same twice. Where the
 * model cannot be taken apart, gives a phrase that begins with a verb and says why.
 */
export function recomputingActivations(model: LayersModel): ComputeLossGradients | string {
  const steps = stepsOf(model);
  if (typeof steps === "string") return steps;
  const known = new Map<string, number[]>();
  const cutsFor = (shape: readonly number[]) => {
    const cuts = known.get(shape.join()) ?? cutIntoSegments(steps, shapesOf(steps, shape).map(bytesOf));
    known.set(shape.join(), cuts);
    return cuts;
  };
  return (images, lossOf, variables) =>
    tidy(() => {
      const segments = segmentsBetween(cutsFor(images.shape));
      const kept = new Map<number, Tensor>([[0, images]]);
      const trained = new Set(steps.flatMap(({ outputs, trained }) => (trained ? outputs : [])));
      const sources = () => [
        ...variables,
        ...[...kept].flatMap(([number, tensor]) => (trained.has(number) ? [tensor] : [])),
      ];
      const [last, ...before] = segments.reverse() as [Segment, ...Segment[]]; // a network has a layer
      const restores = before.toReversed().map(([from, to]) => {
        const restore = keepState(steps.slice(from, to).map(({ layer }) => layer));
        // A scope of its own, or what a layer leaves beside what it gives would stay.
        tidy(() => {
          const made = runSteps(steps, from, to, kept);
          for (const [number, tensor] of made) kept.set(number, tensor);
          return [...made.values()];
        });
        return restore;
      });
      const forward = record(() => {
        const made = runSteps(steps, ...last, kept);
        return [lossOf(made.get(steps.at(-1)?.outputs[0] ?? 0) as Tensor4D)]; // what the model gives
      });
      const [value] = forward.outputs as [Scalar];
      const gradients = new Map<number, Tensor>([[value.id, onesLike(value)]]);
      backThrough(forward.tape, gradients, sources());
      for (const [from, to] of before) {
        // All behind this segment has its gradients, so what it gave is needed no more; the gradients of that go to its new values.
        const given = takeFrom(kept, gradients, steps[from]?.outputs[0] ?? 0);
        const again = restores.pop()?.(() => recordAgain(steps, [from, to], kept, [...given.keys()]));
        if (!again) continue;
        for (const [number, gradient] of given) gradients.set((again.made.get(number) as Tensor).id, gradient);
        dispose([...again.made.values()]); // the tape has what it needs of them
        backThrough(again.tape, gradients, sources());
      }
      return { value, grads: named(gradients, variables) };
    });
}

/** The first step, and the one behind the last. */
type Segment = readonly [from: number, to: number];

function segmentsBetween(cuts: readonly number[]): Segment[] {
  return cuts.slice(1).map((to, i) => [cuts[i] as number, to]);
}

/** Disposes what is kept of the tensors from a number on, and takes their gradients out. */
function takeFrom(kept: Values, gradients: Values, first: number): Values {
  const taken: Values = new Map();
  for (const [number, tensor] of [...kept].filter(([number]) => number >= first)) {
    const gradient = gradients.get(tensor.id);
    gradients.delete(tensor.id);
    if (gradient) taken.set(number, gradient);
    kept.delete(number);
    dispose(tensor);
  }
  return taken;
}

/** Records a segment, and gives the tensors of these numbers that it makes. */
function recordAgain(
  steps: readonly GraphStep[],
  segment: Segment,
  kept: ReadonlyMap<number, Tensor>,
  numbers: readonly number[],
): { readonly made: Values; readonly tape: Tape } {
  const { outputs, tape } = record(() => {
    const made = runSteps(steps, ...segment, kept);
    return numbers.map((number) => made.get(number) as Tensor); // used later on, so not disposed
  });
  return { made: new Map(outputs.map((tensor, i) => [numbers[i] as number, tensor])), tape };
}

function backThrough(tape: Tape, gradients: Map<number, Tensor>, sources: readonly Tensor[]): void {
  try {
    tape.backward(gradients, sources);
  } finally {
    tape.dispose();
  }
}

function named(gradients: ReadonlyMap<number, Tensor>, variables: readonly Variable[]): NamedTensorMap {
  return Object.fromEntries(
    variables.flatMap(({ id, name }) => {
      const gradient = gradients.get(id);
      return gradient ? [[name, gradient]] : [];
    }),
  );
}
