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
  device: async (choice) => (await import("./handlers/device.js")).describeDevice(choice),
};

function data() {
  return import("./handlers/data.js");
}
