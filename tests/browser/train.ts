import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import { createRandom } from "@em-stellar/core";
import { defineAuto } from "@em-stellar/kernels/backend";
import { jaccardLog } from "@em-stellar/losses";
import { unetBn } from "@em-stellar/nets-unet";
import { radam } from "@em-stellar/optimizers";
import { type Scalar, type Tensor4D, tensor4d, type Variable } from "@tensorflow/tfjs-core";

const backends = { auto: defineAuto(webgpu, wasm), wasm, webgpu };

/** Ten steps of a small U-net; the same code runs in Node and in a page. */
export async function train(
  backend: keyof typeof backends,
  options: object,
): Promise<{ description: string; losses: number[] }> {
  const device = await backends[backend](options).start();
  const random = createRandom(1);
  const network = unetBn({ baseFilters: 4, depth: 1, dropout: null, head: "stable" });
  const model = device.prepare(network.build([null, null, 1], () => random.integer(2 ** 31)));
  const optimizer = radam({ learningRate: 0.01 }).create({ totalSteps: 10 });
  const loss = jaccardLog();
  const [side, batch] = [32, 2];
  const images = tensor4d(
    Float32Array.from({ length: batch * side * side }, () => random.normal()),
    [batch, side, side, 1],
  );
  const masks = tensor4d(
    Float32Array.from({ length: batch * side * side }, (_, i) => (i % side > side / 2 ? 1 : 0)),
    [batch, side, side, 1],
  );
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable); // layer weights are variables
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    const value = optimizer.minimize(
      () => loss.compute(masks, model.apply(images, { training: true }) as Tensor4D), // one output
      true,
      variables,
    ) as Scalar; // returnCost is true
    losses.push((await value.data())[0] as number);
    value.dispose();
  }
  const { description } = device;
  await device.dispose();
  return { description, losses };
}
