import * as z from "zod";

/** The form of a warning in results. */
export const warningSchema = z.object({
  code: z.string().describe("kebab-case, one for each kind of warning: reports give advice by it"),
  message: z.string(),
  job: z
    .object({ method: z.string(), fold: z.number().int(), seed: z.number().int() })
    .optional()
    .describe("the training that it is about"),
});

/** Something that a reader of the scores has to know: a stable code, a sentence, and the job where it is about one. */
export type Warning = z.infer<typeof warningSchema>;
