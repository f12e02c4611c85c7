/** One thing that the page may ask of the engine. */
export interface Exchange<Asked, Answered, Told = never> {
  readonly asked: Asked;
  readonly answered: Answered;
  /** What is told on the way, before the answer. */
  readonly told: Told;
}
