import { wasm } from "@em-stellar/backend-wasm";
import { webgpu } from "@em-stellar/backend-webgpu";
import { createRandom } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { defineAuto } from "@em-stellar/kernels/backend";
import { jaccardLog } from "@em-stellar/losses";
import { unetBn } from "@em-stellar/nets-unet";
import { radam } from "@em-stellar/optimizers";
import { dispose, type Scalar, type Tensor4D, tensor4d, type Variable } from "@tensorflow/tfjs-core";

const backends = { auto: defineAuto(webgpu, wasm), wasm, webgpu };

/** What a program that trains tells. */
export interface Trained {
  readonly description: string;
  readonly losses: readonly number[];
  /** Bytes of tensors for a training on larger images: as they were told beforehand, and as they were. */
  readonly memory: { readonly told: number | undefined; readonly held: number };
}

/** Ten steps of a small U-net; the same code runs in Node and in a page. */
export async function train(backend: keyof typeof backends, options: object): Promise<Trained> {
  const device = await backends[backend](options).start();
  const large = 192;
  const told = await device.rehearse?.(() => {
    const training = begin(device, large);
    for (let step = 0; step < 2; step++) training.step().dispose();
    training.dispose();
  });
  const training = begin(device, 32);
  const losses: number[] = [];
  for (let step = 0; step < 10; step++) {
    const value = training.step();
    losses.push((await value.data())[0] as number);
    value.dispose();
  }
  training.dispose();
  if (told !== undefined) {
    const larger = begin(device, large);
    for (let step = 0; step < 2; step++) larger.step().dispose();
    larger.dispose();
  }
  const { description } = device;
  const held = device.peakBytes();
  await device.dispose();
  return { description, losses, memory: { told, held } };
}

/** A training on two images of so many pixels a side. */
function begin(device: Device, side: number): { step(): Scalar; dispose(): void } {
  const random = createRandom(1);
  const network = unetBn({ baseFilters: 4, depth: 1, dropout: null, head: "stable" });
  const model = device.prepare(network.build([null, null, 1], () => random.integer(2 ** 31)));
  const optimizer = radam({ learningRate: 0.01 }).create({ totalSteps: 10 });
  const loss = jaccardLog();
  const batch = 2;
  const images = tensor4d(
    Float32Array.from({ length: batch * side * side }, () => random.normal()),
    [batch, side, side, 1],
  );
  const masks = tensor4d(
    Float32Array.from({ length: batch * side * side }, (_, i) => (i % side > side / 2 ? 1 : 0)),
    [batch, side, side, 1],
  );
  const variables = model.trainableWeights.map((weight) => weight.read() as Variable); // layer weights are variables
  return {
    step: () =>
      optimizer.minimize(
        () => loss.compute(masks, model.apply(images, { training: true }) as Tensor4D), // one output
        true,
        variables,
      ) as Scalar, // returnCost is true
    dispose() {
      dispose([images, masks]);
      optimizer.dispose();
      model.dispose();
    },
  };
}
