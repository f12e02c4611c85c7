import { render } from "preact";
import { isolate } from "./app/isolate.js";
import { watchErrors } from "./app/last-errors.js";
import { watchMenus } from "./app/menus.js";
import { Shell } from "./app/shell.js";

watchErrors();
watchMenus();
const place = document.getElementById("studio");
if (place && !(await isolate())) render(<Shell />, place);
