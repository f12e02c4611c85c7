import { fileURLToPath } from "node:url";

/** Absolute path of the built page: `index.html` and its files. The same from the sources and from the built package. */
export const studioFolder = fileURLToPath(new URL("../../dist/page", import.meta.url));
