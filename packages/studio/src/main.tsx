import { render } from "preact";
import { Shell } from "./app/shell.js";

const place = document.getElementById("studio");
if (place) render(<Shell />, place);
