export { contentSecurityPolicy, pageHeaders } from "./page-headers.js";
export { studioFolder } from "./studio-folder.js";
