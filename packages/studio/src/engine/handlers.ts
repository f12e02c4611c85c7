import type { Handler, RequestName } from "./protocol.js";

/** What answers each question. Code is loaded when the first question of its kind is asked: data need no backend. */
export const handlers: { readonly [Name in RequestName]: Handler<Name> } = {
  "open-project": async () => (await data()).viewProject(),
  "clear-project": async () => (await data()).emptyTheProject(),
  "name-project": async (name) => (await data()).nameProject(name),
  data: async () => (await data()).viewData(),
  "add-files": async (files, call) => (await data()).addFiles(files, call),
  "remove-files": async (paths) => (await data()).removeFiles(paths),
  "add-example": async () => (await data()).addExample(),
  say: async (said) => (await data()).say(said),
  "sample-picture": async (which) => (await data()).samplePicture(which),
  "near-duplicates": async (asked, call) => (await data()).nearDuplicates(asked, call),
  "open-images": async (asked) => (await images()).openImages(asked),
  "close-images": async (asked) => (await images()).closeImages(asked),
  "read-page": async (place) => (await images()).readPage(place),
  "list-models": async () => (await segment()).listModels(),
  "open-model": async (asked) => (await segment()).openModel(asked),
  segment: async (asked, call) => (await segment()).segment(asked, call),
  "read-segmented": async (place) => (await segment()).readSegmented(place),
  measure: async (asked) => (await segment()).measure(asked),
  "export-segmented": async (wanted) => (await saving()).exportSegmented(wanted),
  "download-model": async (choice) => (await saving()).downloadModel(choice),
  evaluate: async (order, call) => (await import("./handlers/evaluate.js")).evaluateFiles(order, call),
  "save-project": async (asked) => (await import("./handlers/project-file.js")).saveProject(asked),
  "open-project-file": async (file) => (await import("./handlers/project-file.js")).openProjectFile(file),
  "load-plugin": async (asked) => (await plugins()).loadPlugin(asked),
  "trust-plugin": async (file) => (await plugins()).trustPlugin(file),
  "remove-plugin": async (file) => (await plugins()).removePlugin(file),
  "plugin-code": async (file) => (await plugins()).pluginCode(file),
  "list-plugins": async () => (await plugins()).listPlugins(),
  device: async (choice) => (await import("./handlers/device.js")).describeDevice(choice),
  components: async () => (await suite()).components(),
  "keep-suite": async (json) => (await suite()).keepSuite(json),
  "check-suite": async (json) => (await suite()).checkSuite(json),
  "network-costs": async (asked) => (await suite()).networkCosts(asked),
  trial: async (asked, call) => (await suite()).trial(asked, call),
  budget: async (asked) => (await suite()).budget(asked),
  "new-run": async (json) => (await run()).newRun(json),
  run: async (asked, call) => (await run()).run(asked, call),
  pause: async (on) => (await run()).pause(on),
  stop: async () => (await run()).stop(),
  "run-view": async (id) => (await run()).viewOf(id),
  "remove-run": async (id) => (await run()).removeRun(id),
  "run-file": async (asked) => (await run()).runFile(asked),
  "run-files": async (asked) => (await run()).runFiles(asked),
  results: async (id) => (await results()).viewResults(id),
  "test-pictures": async (asked) => (await results()).testPictures(asked),
  report: async (id) => (await results()).report(id),
};

function suite() {
  return import("./handlers/suite.js");
}

function run() {
  return import("./handlers/run.js");
}

function results() {
  return import("./handlers/results.js");
}

function data() {
  return import("./handlers/data.js");
}

function images() {
  return import("./handlers/images.js");
}

function segment() {
  return import("./handlers/segment.js");
}

function plugins() {
  return import("./handlers/plugins.js");
}

function saving() {
  return import("./handlers/export-segmented.js");
}
