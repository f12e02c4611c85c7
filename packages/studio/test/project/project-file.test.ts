import { encodeText } from "@em-stellar/core";
import { expect, it } from "vitest";
import { packArchive } from "../../src/project/archive.js";
import { emptyProject, type Project } from "../../src/project/project.js";
import { packProject, unpackProject } from "../../src/project/project-file.js";

const project: Project = {
  ...emptyProject,
  name: "mitochondria",
  runs: [{ id: "run-1", suite: { name: "x" }, state: "running", started: "2026-01-01T00:00:00Z" }],
};
const files = new Map([
  ["files/train/a.png", Uint8Array.of(1, 2)],
  ["runs/run-1/results.json", encodeText("{}")],
  ["views/run-1.json", encodeText("{}")],
  ["plugins/my-net.js", encodeText("export default plugin")],
]);
const json = (value: unknown) => encodeText(JSON.stringify(value));

it("comes back as it was, and what ran is stopped", async () => {
  const opened = await unpackProject(await packProject({ project, files }), "cells.zip");
  expect(opened.files).toEqual(files);
  expect(opened.project).toEqual({ ...project, runs: [{ ...project.runs[0], state: "stopped" }] });
});

it.each([
  ["runs/run-2/results.json", "which belongs to no part of a project"],
  ["runs/run-1", "which belongs to no part of a project"],
  ["views/run-2.json", "which belongs to no part of a project"],
  ["views/run-1.json/x", "which belongs to no part of a project"],
  ["plugins/a/b.js", "which belongs to no part of a project"],
  ["plugins/a.sh", "which belongs to no part of a project"],
  ["trusted-plugins.json", "which belongs to no part of a project"],
  ["files", "which belongs to no part of a project"],
])("a file %s is refused", async (path, message) => {
  const packed = await packProject({ project, files: new Map([[path, new Uint8Array(1)]]) });
  await expect(unpackProject(packed, "cells.zip")).rejects.toThrow(`cells.zip holds ${path}, ${message}`);
});

it.each([
  [undefined, "cells.zip lacks project.json."],
  [{ ...project, version: 2 }, "its project is damaged, or of a later version"],
  [{ ...project, runs: [{ ...project.runs[0], id: "../run" }] }, "its project is damaged, or of a later version"],
  [{ ...project, runs: [project.runs[0], project.runs[0]] }, "two benchmarks of the same number"],
])("a project %j is refused", async (value, message) => {
  const packed = await packArchive(new Map(value === undefined ? [] : [["project.json", json(value)]]));
  await expect(unpackProject(packed, "cells.zip")).rejects.toThrow(message);
});
