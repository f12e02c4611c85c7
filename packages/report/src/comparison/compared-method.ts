/** One method over all data sets. */
export interface ComparedMethod {
  readonly name: string;
  /** Mean over data sets of its rank on each, 1 for the best. */
  readonly meanRank: number;
  /** One score for each data set. */
  readonly scores: readonly number[];
}
