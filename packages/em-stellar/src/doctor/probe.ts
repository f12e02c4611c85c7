import { examine } from "./examine.js";

// A process of its own for one backend, named by its argument: see examine-apart.ts.
const finding = await examine(process.argv[2] ?? "");
process.send?.(finding, undefined, undefined, () => process.disconnect());
