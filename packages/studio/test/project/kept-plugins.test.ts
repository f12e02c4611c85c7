import { encodeText, memoryStore } from "@em-stellar/core";
import { expect, it } from "vitest";
import { dropPlugin, keepPlugin, keptPlugins, pluginFile } from "../../src/project/kept-plugins.js";

it("what the user agreed to run is trusted, and only as long as its code is the same", async () => {
  const store = memoryStore();
  await keepPlugin(store, "b.js", "export default 1");
  await store.write("plugins/a.js", encodeText("export default 2")); // as a project file brings it
  expect(await keptPlugins(store)).toEqual([
    { file: "a.js", code: "export default 2", isTrusted: false },
    { file: "b.js", code: "export default 1", isTrusted: true },
  ]);
  await store.write("plugins/b.js", encodeText("export default 3"));
  expect((await keptPlugins(store)).map(({ isTrusted }) => isTrusted)).toEqual([false, false]);
});

it("a plugin that left is gone, and is asked about when it comes again", async () => {
  const store = memoryStore();
  await keepPlugin(store, "a.js", "export default 1");
  await dropPlugin(store, "a.js");
  expect(await keptPlugins(store)).toEqual([]);
  await store.write("plugins/a.js", encodeText("export default 1"));
  expect((await keptPlugins(store))[0]?.isTrusted).toBe(false);
});

it.each([
  ["my-net.js", "my-net.js"],
  ["My net (2).mjs", "My-net-2.js"],
  ["../../evil.js", "evil.js"],
  ["ネット.js", "plugin.js"],
  ["", "plugin.js"],
])("a file called %j is kept as %s", (given, file) => {
  expect(pluginFile(given)).toBe(file);
  expect(pluginFile(file)).toBe(file);
});

it("a path is no file of a plugin", async () => {
  await expect(keepPlugin(memoryStore(), "../project.json", "{}")).rejects.toThrow(
    'A project has no plugin called "../project.json".',
  );
});
