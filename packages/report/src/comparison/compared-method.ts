/** One method over all data sets. */
export interface ComparedMethod {
  readonly name: string;
  /** Mean over data sets of its rank on each, 1 for the best. */
  readonly meanRank: number;
  /** Of the mean rank, over data sets; absent where they do not carry one. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** One score for each data set. */
  readonly scores: readonly number[];
}
