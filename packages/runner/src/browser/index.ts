export { browserStore } from "./browser-store.js";
