/** A kind of component that a plugin may bring. */
export interface Kind {
  /** Peers beside `@em-stellar/core`. */
  readonly peers: readonly string[];
  /** What its tests need besides. */
  readonly forTests: readonly string[];
  /** Whether `componentChecks` of core know it. */
  readonly hasChecks: boolean;
  /** Where a suite lists it, next to what it already lists. */
  suite(id: string): object;
}

const tfjs = ["@tensorflow/tfjs-core"];
const network = { id: "unet-bn", options: { depth: 2, baseFilters: 4 } };

/** Every kind, with a suite that shows it at work. */
export const kinds: Readonly<Record<string, Kind>> = {
  network: {
    peers: [...tfjs, "@tensorflow/tfjs-layers"],
    forTests: ["@tensorflow/tfjs-backend-cpu"],
    hasChecks: false, // its own test has networkChecks
    suite: (id) => ({ networks: [network, { id, options: { baseFilters: 4 } }] }),
  },
  metric: { peers: [], forTests: [], hasChecks: true, suite: (id) => ({ metrics: ["jaccard", id] }) },
  loss: {
    peers: tfjs,
    forTests: ["@tensorflow/tfjs-backend-cpu", "@tensorflow/tfjs-layers"],
    hasChecks: true,
    suite: (id) => ({ loss: ["dice", id] }),
  },
  optimizer: {
    peers: tfjs,
    forTests: ["@tensorflow/tfjs-backend-cpu", "@tensorflow/tfjs-layers"],
    hasChecks: true,
    suite: (id) => ({ optimizer: ["adam", id] }),
  },
  baseline: { peers: [], forTests: [], hasChecks: false, suite: (id) => ({ baselines: ["otsu", id] }) },
  ensemble: {
    peers: [],
    forTests: [],
    hasChecks: false,
    suite: (id) => ({
      networks: [network, { id: "unet", options: network.options }],
      ensembles: [{ combine: id, top: 2, by: "jaccard" }],
    }),
  },
  data: { peers: [], forTests: [], hasChecks: true, suite: (id) => ({ data: id }) },
  format: {
    peers: [],
    forTests: [],
    hasChecks: false,
    suite: () => ({
      data: {
        id: "image-folder",
        options: {
          images: "example/train/images",
          masks: "example/train/masks",
          testImages: "example/test/images",
          testMasks: "example/test/masks",
        },
      },
    }),
  },
  executor: { peers: [], forTests: [], hasChecks: false, suite: (id) => ({ executor: id }) },
  backend: {
    peers: ["@em-stellar/kernels", ...tfjs, "@tensorflow/tfjs-backend-cpu"],
    forTests: ["@tensorflow/tfjs-layers"],
    hasChecks: false,
    suite: (id) => ({ backend: id }),
  },
};
