import type { Handler, RequestName } from "./protocol.js";

/** What answers each question. Code is loaded when the first question of its kind is asked: data need no backend. */
export const handlers: { readonly [Name in RequestName]: Handler<Name> } = {
  device: async (choice) => (await import("./handlers/device.js")).describeDevice(choice),
};
