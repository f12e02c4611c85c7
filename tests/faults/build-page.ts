// Builds the page of examples/browser as `npm start` does there, and serves it for a moment.
import { serve } from "../../examples/browser/serve.js";

const { address, close } = await serve({ port: 0 });
console.log(address);
close();
