/** The part of an `AbortSignal` that long work looks at between two pieces. */
export interface StopSignal {
  /** Throws the signal's reason once it is aborted. */
  throwIfAborted(): void;
}
