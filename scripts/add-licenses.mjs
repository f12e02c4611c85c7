// `npm run release` calls it before it publishes.
import { addLicenses } from "./packages.mjs";

addLicenses();
