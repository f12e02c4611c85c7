import * as z from "zod";

/** The form of a metric's words in results. */
export const metricWordsSchema = z.object({
  label: z.string().describe("how the field writes its name: `F1`"),
  meaning: z.string().describe("one sentence for a glossary, which follows the label"),
  family: z
    .enum(["pixels", "regions", "boundaries", "objects", "ranking", "other"])
    .describe("what it judges: tables keep metrics of a family together"),
  unit: z.string().optional().describe("of its values, such as `pixels`; absent where they have none"),
  choosesPositive: z
    .boolean()
    .describe("whether it is another number when the other class counts as positive, which its option `positive` sets"),
  computed: z
    .string()
    .optional()
    .describe(
      "what a methods paragraph says of how it is computed, after “was computed”; absent where that goes without saying",
    ),
  paper: z
    .object({ column: z.number().int(), positive: z.enum(["object", "background"]) })
    .optional()
    .describe("its column in table 1 of Khadangi et al. (2021), from 1, and the class that is positive there"),
});

/** What a metric says about itself in tables, charts and glossaries. */
export type MetricWords = z.infer<typeof metricWordsSchema>;
