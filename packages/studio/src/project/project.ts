import * as z from "zod";

/** Of masks: values that mean object, or every value but 0. */
const labels = z.union([z.array(z.number()).readonly(), z.literal("nonzero")]);

const said = z.object({
  images: z.string().exactOptional(),
  masks: z.string().exactOptional(),
  testImages: z.string().exactOptional(),
  testMasks: z.string().exactOptional(),
  groupBy: z.string().exactOptional(),
  labels: labels.exactOptional(),
  options: z.record(z.string(), z.unknown()).exactOptional(),
});

const run = z.object({
  id: z.string().regex(/^run-\d+$/),
  /** The suite as JSON. */
  suite: z.record(z.string(), z.unknown()),
  /** `running`: the page was closed while it trained. */
  state: z.enum(["running", "stopped", "finished", "failed"]),
  /** ISO 8601. */
  started: z.string(),
});

/** The form of `project.json`. */
export const projectSchema = z.object({
  version: z.literal(1),
  name: z.string(),
  /** What the user says of the images, where the studio could not see it or was wrong. */
  said,
  /** Width of a pixel in nanometres; `null`: not known. */
  pixelSize: z.number().positive().nullable(),
  /** The suite as it was edited last; absent before. */
  suite: z.record(z.string(), z.unknown()).exactOptional(),
  runs: z.array(run),
});

/**
 * What the studio keeps of a person's work, beside the images (`files/`), the run folders (`runs/ID/`) and the plugins (`plugins/`), in one folder of the
 * browser's storage.
 */
export type Project = z.infer<typeof projectSchema>;

/** One benchmark of a project. */
export type ProjectRun = Project["runs"][number];

/** Where in the folder of a project what is kept. */
export const places = { project: "project.json", files: "files", runs: "runs", plugins: "plugins" } as const;

export const emptyProject: Project = { version: 1, name: "my-images", said: {}, pixelSize: null, runs: [] };
