import { encodeText, InputError, parseJson } from "@em-stellar/core";
import { packArchive, unpackArchive } from "./archive.js";
import { pluginFile } from "./kept-plugins.js";
import { type Project, places, projectSchema } from "./project.js";

/** What a project consists of: its own file and others by their paths in its folder. */
export interface ProjectFiles {
  readonly project: Project;
  /** `files/…`, `runs/run-1/…`, `views/run-1.json` and `plugins/my-net.js`. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** A project as the bytes of one file. A benchmark that runs is one that was stopped, wherever the file is opened. */
export async function packProject({ project, files }: ProjectFiles): Promise<Uint8Array> {
  const stopped: Project = {
    ...project,
    runs: project.runs.map((run) => (run.state === "running" ? { ...run, state: "stopped" } : run)),
  };
  return packArchive(new Map([[places.project, encodeText(JSON.stringify(stopped))], ...files]));
}

/** The project in a file that may come from anybody. Throws `InputError`, which calls the file `name`, for anything else. */
export async function unpackProject(bytes: Uint8Array, name: string): Promise<ProjectFiles> {
  const files = await unpackArchive(bytes, name);
  const own = files.get(places.project);
  if (!own) throw new InputError(`${name} lacks ${places.project}. Save the project again.`);
  const parsed = projectSchema.safeParse(parseJson(own, `${name}/${places.project}`));
  if (!parsed.success) {
    throw new InputError(`${name} cannot be opened: its project is damaged, or of a later version of the studio.`);
  }
  files.delete(places.project);
  const project = parsed.data;
  const ids = new Set(project.runs.map(({ id }) => id));
  if (ids.size < project.runs.length) throw new InputError(`${name} has two benchmarks of the same number.`);
  for (const path of files.keys()) {
    const [, run = ""] = /^runs\/(run-\d+)\/./.exec(path) ?? /^views\/(run-\d+)\.json$/.exec(path) ?? [];
    const [, plugin] = /^plugins\/([^/]+)$/.exec(path) ?? [];
    const belongs =
      path.startsWith(`${places.files}/`) || ids.has(run) || (plugin !== undefined && pluginFile(plugin) === plugin);
    if (!belongs) throw new InputError(`${name} holds ${path}, which belongs to no part of a project.`);
  }
  return { project, files };
}
