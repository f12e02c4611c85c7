import { backendsWith } from "./backends.js";
import { examine } from "./examine.js";

// A process of its own for one backend, named by its first argument; the others name plugins: see examine-apart.ts.
const [, , backend = "", ...plugins] = process.argv;
const finding = await examine(backend, await backendsWith(plugins));
process.send?.(finding, undefined, undefined, () => process.disconnect());
