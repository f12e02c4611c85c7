const transfers = new WeakMap<object, readonly Transferable[]>();

/** Marks what of an answer is handed over to the page rather than copied; the engine cannot use it any more. */
export function handingOver<Answer extends object>(answer: Answer, buffers: readonly Transferable[]): Answer {
  transfers.set(answer, buffers);
  return answer;
}

/** What was marked of an answer. */
export function transferOf(answer: unknown): Transferable[] {
  return typeof answer === "object" && answer !== null ? [...(transfers.get(answer) ?? [])] : [];
}
