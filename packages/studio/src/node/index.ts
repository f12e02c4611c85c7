export { studioFolder } from "./studio-folder.js";
