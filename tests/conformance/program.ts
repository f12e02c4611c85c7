import { checkAll } from "./check-all.js";

// Checks cases in a process of its own. Its argument is an order, as JSON; it prints what came of it, a line of JSON each.
await checkAll(JSON.parse(process.argv[2] ?? ""), (told) => console.log(JSON.stringify(told)));
