import { workerProgram } from "../browser/worker-program.js";
import { checkAll } from "./check-all.js";

// Checks cases in a Web Worker, as a page trains.
workerProgram(checkAll);
