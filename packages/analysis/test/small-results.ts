import type { MethodResult, Metric, Results, RunResult } from "@em-stellar/core";

/** Hits and pixels of one image: the score "share" is their quotient, pooled or alone. */
export type Image = readonly [hits: number, pixels: number];

interface SmallMethod {
  readonly name: string;
  readonly kind?: MethodResult["kind"];
  /** Each run image by image; "failed" for one that did not finish. */
  readonly runs: readonly (readonly Image[] | "failed")[];
}

/** The quotient of sums: a score that pools, and is not defined without pixels. */
export const share: Pick<Metric, "id" | "fromParts"> = {
  id: "share",
  fromParts: ({ hits = 0, pixels = 0 }) => (pixels === 0 ? undefined : hits / pixels),
};

const quotient = (images: readonly Image[]) => {
  const [hits, pixels] = [0, 1].map((k) => images.reduce((sum, image) => sum + (image[k] as number), 0)) as [
    number,
    number,
  ];
  return share.fromParts?.({ hits, pixels }) ?? null;
};

/** Results small enough to check by hand, with one metric, "share". */
export function smallResults(
  methods: readonly SmallMethod[],
  {
    goal = "maximize",
    groups,
    parts = true,
  }: { goal?: Metric["goal"]; groups?: readonly string[]; parts?: boolean } = {},
): Results {
  const count = methods.flatMap(({ runs }) => runs.flatMap((run) => (run === "failed" ? [] : run.length)))[0] ?? 0;
  const ids = Array.from({ length: count }, (_, i) => `image-${i}`);
  return {
    schemaVersion: 1,
    suite: "small",
    finished: "2026-03-01T14:05:09.000Z",
    metrics: [{ id: "share", goal, range: [0, 1], options: {} }],
    rankedBy: "share",
    data: {
      source: { kind: "data", id: "phantom", options: {} },
      train: 16,
      test: count,
      groups: [],
      folds: [],
      foreground: 0.3,
      hash: "00",
      testImages: ids.map((id, i) => {
        const group = groups?.[i];
        return { id, width: 4, height: 4, image: "", truth: "", ...(group !== undefined && { group }) };
      }),
    },
    training: {},
    environment: {},
    warnings: [],
    methods: methods.map(({ name, kind = "network", runs }) => {
      const done = runs.filter((run) => run !== "failed");
      const scores = done.flatMap((run) => quotient(run) ?? []);
      return {
        name,
        kind,
        components: [],
        pooled: { share: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length },
        runs: runs.map(
          (run, fold): RunResult => ({
            fold,
            seed: 1,
            state: run === "failed" ? "failed" : "done",
            threshold: 0.5,
            steps: 10,
            seconds: 1,
            validation: {},
            pooled: run === "failed" ? {} : { share: quotient(run) },
            perImage:
              run === "failed"
                ? []
                : run.map((image, i) => ({
                    image: ids[i] as string,
                    values: { share: quotient([image]) },
                    ...(parts && { parts: { share: { hits: image[0], pixels: image[1] } } }),
                  })),
            history: [],
            predictions: "",
          }),
        ),
      };
    }),
  };
}
