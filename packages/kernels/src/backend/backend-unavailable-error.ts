import { EmStellarError } from "@em-stellar/core";
import type { Reason } from "@em-stellar/core/training";

/** A backend does not start here: what is wrong, and what would mend it. */
export class BackendUnavailableError extends EmStellarError {
  override readonly name = "BackendUnavailableError";
  readonly reason: Reason;

  constructor(reason: Reason) {
    super(`backend "${reason.backend}" does not start. ${reason.problem} ${reason.remedy}`);
    this.reason = reason;
  }
}

/** The reason that an error of a backend's start gives; what went wrong in a way that nobody foresaw is a failure too. */
export function reasonOf(backend: string, error: unknown): Reason {
  if (error instanceof BackendUnavailableError) return { ...error.reason, backend };
  const problem = error instanceof Error ? error.message : String(error);
  return { backend, status: "failed", problem, remedy: "" };
}
