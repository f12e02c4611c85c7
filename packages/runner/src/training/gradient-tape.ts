import { add, engine, type NamedTensorMap, type Tensor, tidy, util } from "@tensorflow/tfjs-core";

/** One operation as tfjs records it while gradients are wanted. */
interface TapeNode {
  readonly kernelName: string;
  readonly inputs: NamedTensorMap;
  readonly outputs: readonly Tensor[];
  readonly gradient?: (outputs: (Tensor | null)[]) => Record<string, () => Tensor>;
  /** What the gradient needs, as copies of the tape's own. */
  readonly saved?: readonly Tensor[];
}

/** The members of tfjs 4.22's engine that record operations; they are private in its types. */
interface Recorder {
  readonly state: { activeTape: TapeNode[] | null };
  startTape(): void;
  endTape(): void;
}

/** Operations that have been recorded, in their order. */
export interface Tape {
  /**
   * Carries gradients from the outputs of the operations back to what they were made of, and adds them to `gradients`, by the
   * number of each tensor. Only what depends on `sources` has one. The tape is used up, and so are the gradients of tensors that
   * it made: each is disposed as soon as nothing needs it, where tfjs's own `grad` keeps all of them to the end.
   */
  backward(gradients: Map<number, Tensor>, sources: readonly Tensor[]): void;
  /** Disposes what the tape keeps; after {@link Tape.backward} nothing is left. */
  dispose(): void;
}

/** Computes something and records its operations. Tensors in between are disposed, as by `tidy`. */
export function record<T extends Tensor[]>(forward: () => T): { readonly outputs: T; readonly tape: Tape } {
  const recorder = engine() as unknown as Recorder; // see Recorder
  recorder.startTape();
  const tape = tapeOf(recorder.state.activeTape ?? []);
  try {
    return { outputs: tidy(forward), tape };
  } catch (error) {
    tape.dispose();
    throw error;
  } finally {
    recorder.endTape();
    recorder.state.activeTape = null;
  }
}

/** Takes operations off the end of `nodes`, to which they are recorded. */
function tapeOf(nodes: TapeNode[]): Tape {
  return {
    backward(gradients, sources) {
      const dependent = dependentNodes(nodes, new Set(sources.map(({ id }) => id)));
      for (let node = nodes.at(-1); node; node = nodes.at(-1)) {
        const names = dependent.get(node);
        const given = node.outputs.map(({ id }) => gradients.get(id) ?? null);
        if (names && given.some((gradient) => gradient !== null)) {
          for (const [id, gradient] of gradientsThrough(node, names, given)) addTo(gradients, id, gradient);
        }
        for (const { id } of node.outputs) {
          gradients.get(id)?.dispose();
          gradients.delete(id);
        }
        release(node);
        nodes.pop();
      }
    },
    dispose() {
      for (const node of nodes.splice(0)) release(node);
    },
  };
}

function release({ saved }: TapeNode): void {
  for (const tensor of saved ?? []) tensor.dispose();
}

/** The operations that depend on the sources, each with the names of those inputs that do. */
function dependentNodes(nodes: readonly TapeNode[], sources: ReadonlySet<number>): Map<TapeNode, readonly string[]> {
  const known = new Set(sources);
  const found = new Map<TapeNode, readonly string[]>();
  for (const node of nodes) {
    const names = Object.keys(node.inputs).filter((name) => known.has((node.inputs[name] as Tensor).id));
    if (names.length === 0) continue;
    found.set(node, names);
    for (const { id } of node.outputs) known.add(id);
  }
  return found;
}

/** The gradient of each of the named inputs, with the number of its tensor. */
function gradientsThrough(
  node: TapeNode,
  names: readonly string[],
  given: (Tensor | null)[],
): (readonly [id: number, gradient: Tensor])[] {
  const { gradient, kernelName, inputs, saved = [] } = node;
  if (!gradient) throw new Error(`Cannot compute gradient: gradient function not found for ${kernelName}.`);
  // Gradient functions may hand out what they were given: nobody else must dispose of that.
  const taken = new Set<Tensor | null>([...given, ...saved]);
  const results = tidy(() => {
    const functions = gradient(given);
    return names.map((name) => {
      const of = functions[name];
      if (!of) throw new Error(`Operation ${kernelName} has no gradient for its input "${name}".`);
      const found = tidy(of);
      const own = taken.has(found) ? found.clone() : found;
      taken.add(own);
      return own;
    });
  });
  return names.map((name, i) => {
    const [input, result] = [inputs[name] as Tensor, results[i] as Tensor];
    if (result.dtype !== "float32" || !util.arraysEqual(result.shape, input.shape)) {
      throw new Error(
        `The gradient of operation ${kernelName} for its input "${name}" is ${result.dtype} [${result.shape}], not float32 [${input.shape}].`,
      );
    }
    return [input.id, result] as const;
  });
}

function addTo(gradients: Map<number, Tensor>, id: number, more: Tensor): void {
  const before = gradients.get(id);
  if (!before) {
    gradients.set(id, more);
    return;
  }
  gradients.set(id, add(before, more));
  before.dispose();
  more.dispose();
}
