import { webgpu } from "@em-stellar/backend-webgpu";
import { backend, conv2d, memory, sum, tensor4d, variable, variableGrads } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-layers"; // registers gradients

// Trains a filter for two steps, after a warm-up and without one, and prints what was compiled when.
const [kind, precision] = process.argv.slice(2) as [string, "float32" | "mixed-float16"];
const device = await webgpu({ allowSoftware: true, tune: true, precision }).start();
const compiled: string[] = [];
const { device: gpu } = backend() as unknown as { device: Record<string, (descriptor: { label?: string }) => unknown> };
for (const name of ["createComputePipeline", "createComputePipelineAsync"]) {
  const create = gpu[name]?.bind(gpu);
  gpu[name] = (descriptor) => {
    compiled.push(descriptor.label ?? "one of tfjs's");
    return create?.(descriptor);
  };
}

const images = tensor4d(
  Float32Array.from({ length: 128 }, (_, i) => Math.sin(i)),
  [1, 8, 4, 4],
);
const filter = variable(
  tensor4d(
    Float32Array.from({ length: 32 }, (_, i) => Math.cos(i)),
    [1, 1, 4, 8],
  ),
);
const step = () => {
  const { value, grads } = variableGrads(() => sum(conv2d(images, filter, 1, "same")), [filter]);
  return [value, ...Object.values(grads)];
};
const tensors = memory().numTensors;
const left: number[] = [];
if (kind === "warm") for await (const each of device.warmUp?.(() => void step()) ?? []) left.push(each);
const aheadOfTime = compiled.splice(0);
const results = await Promise.all(step().map(async (tensor) => [...(await tensor.data())]));
console.log(
  JSON.stringify({ left, aheadOfTime, inTime: compiled, results, leaked: memory().numTensors - tensors - 2 }),
);
await device.dispose();
