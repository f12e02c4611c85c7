import { webgpu } from "@em-stellar/backend-webgpu";
import { sum, tensor1d } from "@tensorflow/tfjs-core";

// Asks for half precision on an adapter without it, for single precision, and for both at once; prints what comes of it.
const inHalf = { allowSoftware: true, precision: "mixed-float16" } as const;
const refusal = (await webgpu(inHalf)
  .start()
  .catch((cause: Error) => cause)) as Error;
console.log(JSON.stringify({ name: refusal.name, message: refusal.message }));
const device = await webgpu({ allowSoftware: true }).start();
const other = (await webgpu(inHalf)
  .start()
  .catch((cause: Error) => cause)) as Error;
const [six] = await sum(tensor1d([1, 2, 3])).data();
console.log(JSON.stringify({ precision: device.details.precision, other: other.message, sum: six }));
await device.dispose();
