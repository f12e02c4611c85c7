/**
 * Name of the kernel that moves the averages of a batch normalization: inputs `{ movingMean, movingVariance, mean, variance }`,
 * attributes momentum, outputs the new averages. A few hundred values, for which tfjs's operations take long to begin.
 */
export const movingAveragesName = "EmStellarMovingAverages";
