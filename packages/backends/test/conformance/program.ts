import { startBackend } from "@em-stellar/backends";
import { check } from "./check.js";
import { topics } from "./topics.js";

// Checks cases in a process of its own. Arguments: backend; its options and the keys of cases to leave out, both as JSON; the
// leniency. Prints, a line each and as JSON, a description of the device and then what came of each case.
const [id = "", options = "{}", without = "[]", leniency = "1"] = process.argv.slice(2);
const device = await startBackend(id as Parameters<typeof startBackend>[0], JSON.parse(options)); // refused there if it is none
console.log(JSON.stringify({ description: device.description }));
for (const { name: topic, cases } of topics) {
  for (const item of cases) {
    const key = `${topic}: ${item.name}`;
    if (JSON.parse(without).includes(key)) continue;
    const problem = await check(item, device, Number(leniency)).catch((error: unknown) => error);
    console.log(JSON.stringify({ key, problem: problem instanceof Error ? problem.message : undefined }));
  }
}
await device.dispose();
