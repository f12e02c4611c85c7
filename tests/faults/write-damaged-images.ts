import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { referenceImage, referenceTries } from "./reference.js";

// Writes the images that scripts/golden/damaged-images.py reads: node --import jiti/register FILE FOLDER
const [folder = "."] = process.argv.slice(2);
for (const type of ["png", "tif"] as const) {
  mkdirSync(join(folder, type), { recursive: true });
  for (let i = 0; i < referenceTries; i++) {
    writeFileSync(join(folder, type, `${i}.${type}`), referenceImage(type, i).bytes);
  }
}
