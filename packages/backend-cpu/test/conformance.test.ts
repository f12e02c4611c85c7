import { conformance } from "../../../tests/conformance/conformance.js";
import { cpu } from "../src/index.js";

const asTfjs = "as tfjs-backend-cpu 4.22 has it: a comparison with NaN, or from -Infinity on, finds nothing larger";

conformance(() => cpu().start(), {
  "max pooling: a window of negative infinities gives one, and its gradient goes to the first": asTfjs,
  "max pooling: a window with NaN gives NaN": asTfjs,
});
