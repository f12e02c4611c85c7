/** Which pixels hang together as one object: those that share an edge (4), or also those that share a corner (8). */
export type Connectivity = 4 | 8;

/** Options of every metric that compares the objects of two masks. */
export interface ConnectivityOptions {
  /** Pixels of one object hang together by their edges (4), or also by their corners (8). */
  connectivity: Connectivity;
}

/** Returns an error message for a connectivity, or undefined if it is valid; for `check`. */
export function connectivityProblem({ connectivity }: { connectivity: number }): string | undefined {
  return connectivity === 4 || connectivity === 8
    ? undefined
    : `needs 4 (pixels that share an edge) or 8 (also those that share a corner) for "connectivity", but was given ${connectivity}.`;
}
