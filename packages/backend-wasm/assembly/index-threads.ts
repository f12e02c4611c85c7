export { run } from "./index";
export { serve, share } from "./threads";
