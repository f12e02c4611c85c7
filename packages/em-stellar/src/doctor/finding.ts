/** What the doctor found out about one backend. */
export interface Finding {
  /** Id of the backend, or `auto`. */
  readonly backend: string;
  readonly status: "ready" | "missing" | "failed";
  /** Id of the backend that started: of `auto`, the one that it took. Absent, as the next two are, where nothing started. */
  readonly started?: string;
  /** `wasm (SIMD, 1 thread)`. */
  readonly device?: string;
  /** What results would record of the device: versions, adapter, limits, features. */
  readonly details?: Readonly<Record<string, string>>;
  /** Why it did not start. */
  readonly problem?: string;
  /** What would mend that. */
  readonly remedy?: string;
  /** The devices that it sees, whether or not it starts. Absent where it looks for none. */
  readonly devices?: readonly string[];
  /**
   * Of `auto`, the findings that need no other start: of the backend that it took, and of those that it passed over because
   * something is not installed.
   */
  readonly settled?: readonly Finding[];
  /** Last lines that a native library wrote to standard error before it failed. */
  readonly log?: readonly string[];
}
