import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

// What a stranger's plugin may rest on. A name that goes or changes its meaning is a new major version.
const surface = {
  "../src/index.ts": {
    values: [
      "BadOptionError",
      "DuplicateComponentError",
      "EmStellarError",
      "InputError",
      "NoSuchComponentError",
      "binarize",
      "compare",
      "createRandom",
      "createRegistry",
      "createScorer",
      "decodeText",
      "defineBaseline",
      "defineComponent",
      "defineDataSource",
      "defineEnsemble",
      "defineImageFormat",
      "defineMetric",
      "definePlugin",
      "didYouMean",
      "encodeText",
      "evaluationAsRun",
      "evaluationSchema",
      "featuresSchema",
      "isFactory",
      "jobPath",
      "maskOf",
      "memoryStore",
      "networkFeaturesSchema",
      "picturesOf",
      "probabilities",
      "readJson",
      "requireSameSize",
      "restoreRandom",
      "resultsSchema",
      "schemaVersion",
      "scoreNames",
      "writeJson",
      "writeText",
    ],
    types: [
      "AnyFactory",
      "AnyRegistry",
      "Baseline",
      "BaselineDefinition",
      "BlockPairs",
      "ByteSource",
      "Comparison",
      "Component",
      "ComponentRecord",
      "DataContext",
      "DataSource",
      "DataSourceDefinition",
      "Dataset",
      "DecodedImage",
      "Definition",
      "Derivation",
      "Ensemble",
      "EnsembleDefinition",
      "EvaluatedMethod",
      "Evaluation",
      "Factory",
      "FeatureBlock",
      "Features",
      "FeaturesOfModel",
      "HistoryPoint",
      "ImageFile",
      "ImageFormat",
      "ImageFormatDefinition",
      "ImagePage",
      "ImageScores",
      "ImageWindow",
      "JobId",
      "MethodResult",
      "MethodStatistics",
      "Metric",
      "MetricAccumulator",
      "MetricDefinition",
      "MetricParts",
      "MetricStatistics",
      "NetworkFeatures",
      "PaletteColor",
      "PixelSize",
      "Plugin",
      "ProbabilityMap",
      "Random",
      "Raster",
      "RasterData",
      "Registry",
      "Results",
      "RunEvent",
      "RunResult",
      "RunStore",
      "Sample",
      "Scorer",
      "Segmenter",
      "Statistics",
      "ThresholdCurves",
    ],
  },
  "../src/training/index.ts": {
    values: [
      "DeviceError",
      "applyLayer",
      "defineBackend",
      "defineLoss",
      "defineNetwork",
      "defineOptimizer",
      "loadModel",
      "pointwise",
      "registerLayers",
    ],
    types: [
      "Backend",
      "BackendDefinition",
      "CountsOperations",
      "Device",
      "ImageShape",
      "Layer",
      "LayerClass",
      "Loss",
      "LossDefinition",
      "Network",
      "NetworkDefinition",
      "NetworkFactory",
      "OperationCount",
      "Optimizer",
      "OptimizerDefinition",
      "PixelWindow",
      "Reason",
      "ReceptiveField",
      "TellsReceptiveField",
      "TrainingPlan",
    ],
  },
  "../src/testing/index.ts": {
    values: ["networkChecks"],
    types: ["NetworkCheck", "NetworkCheckOptions"],
  },
};

it.each(Object.entries(surface))("%s exports these names and no others", async (path, { values, types }) => {
  expect(Object.keys(await import(path)).sort()).toEqual(values);
  // Types leave no trace at run time, so read them where they are exported.
  const source = readFileSync(new URL(path, import.meta.url), "utf8");
  const exported = [...source.matchAll(/export (type )?\{([^}]*)\}/g)].flatMap(([, all, names = ""]) =>
    names.split(",").flatMap((name) => {
      const [, isType, id] = /^\s*(type )?(\w+)\s*$/.exec(name) ?? [];
      return id && (all || isType) ? [id] : [];
    }),
  );
  expect(exported.sort()).toEqual(types);
});

it("the first entry imports neither tfjs nor the second entry, not even their types", () => {
  const folder = new URL("../src/", import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  expect(files).toContain("index.ts");
  for (const file of files) {
    expect(readFileSync(new URL(file, folder), "utf8"), file).not.toMatch(
      /(from|import) ?\(?"(@tensorflow|\.\/training)/,
    );
  }
});
