/** The part of an `AbortSignal` that long work looks at between two pieces, or that wakes it while it waits. */
export interface StopSignal {
  /** Throws the signal's reason once it is aborted. */
  throwIfAborted(): void;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}
