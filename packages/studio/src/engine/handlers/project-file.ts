import { InputError, writeJson } from "@em-stellar/core";
import { places } from "../../project/project.js";
import { packProject, unpackProject } from "../../project/project-file.js";
import { openedProject } from "../opened.js";
import type { ProjectFileRequests } from "../requests/project-file.js";

export async function saveProject({
  withImages,
}: ProjectFileRequests["save-project"]["asked"]): Promise<ProjectFileRequests["save-project"]["answered"]> {
  const { project, storage } = await openedProject();
  const files = new Map<string, Uint8Array>();
  for (const folder of ["views", places.plugins]) {
    for (const path of await storage.store.list(folder)) await take(storage.store, path, path, files);
  }
  for (const { id } of project.runs) {
    const store = await storage.runStore(id);
    for (const path of await store.list("")) await take(store, path, `${places.runs}/${id}/${path}`, files);
  }
  if (withImages) {
    for (const [path, content] of await storage.files()) {
      files.set(`${places.files}/${path}`, new Uint8Array(await content.arrayBuffer()));
    }
  }
  const packed = await packProject({ project, files });
  const name = project.name.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "project";
  return { name: `${name}.em-stellar.zip`, blob: new Blob([packed.slice()], { type: "application/zip" }) };
}

export async function openProjectFile({
  name,
  content,
}: ProjectFileRequests["open-project-file"]["asked"]): Promise<null> {
  const { project, files } = await unpackProject(new Uint8Array(await content.arrayBuffer()), name);
  const state = await openedProject();
  const { storage } = state;
  await storage.requireRoom(content);
  await storage.clear();
  for (const [path, bytes] of files) {
    const [, run, inRun] = /^runs\/(run-\d+)\/(.+)$/.exec(path) ?? [];
    if (run !== undefined && inRun !== undefined) await (await storage.runStore(run)).write(inRun, bytes);
    else if (path.startsWith(`${places.files}/`)) {
      await storage.addFile(path.slice(places.files.length + 1), new Blob([bytes.slice()]));
    } else await storage.store.write(path, bytes);
  }
  // Last: without it, what a crash leaves of a project counts as none.
  await writeJson(storage.store, places.project, project);
  state.project = project;
  return null;
}

async function take(
  store: { read(path: string): Promise<Uint8Array | undefined> },
  path: string,
  name: string,
  files: Map<string, Uint8Array>,
): Promise<void> {
  const content = await store.read(path);
  if (!content) throw new InputError(`${path} was removed while the project was being saved. Save it again.`);
  files.set(name, content);
}
