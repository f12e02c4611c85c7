import { render } from "preact";
import { isolate } from "./app/isolate.js";
import { Shell } from "./app/shell.js";

const place = document.getElementById("studio");
if (place && !(await isolate())) render(<Shell />, place);
