import type { Tensor } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { modelProblem } from "../training/model-problem.js";
import { randomImages } from "./batch.js";
import { buildModel, fault, type Subject, smallSide } from "./subject.js";

/** Squares and rectangles of any multiples of the stride, of one channel and more, give one number from 0 to 1 a pixel. */
export async function checkProbabilities(subject: Subject): Promise<void> {
  const { stride } = subject.network;
  const side = smallSide(subject);
  for (const channels of [1, 3]) {
    checkShape(subject, side, channels);
    const model = buildModel(subject, [null, null, channels]);
    try {
      await checkValues(subject, model, [2, side, side, channels], 1);
      await checkValues(subject, model, [2, side, side + stride, channels], 1);
      await checkValues(subject, model, [2, side + 2 * stride, side, channels], 255); // 8-bit images that nobody normalised
    } finally {
      model.dispose();
    }
  }
}

/** What the model says of its output, before it computes any. */
function checkShape(subject: Subject, side: number, channels: number): void {
  const model = buildModel(subject, [side, side, channels]);
  const problem = modelProblem(model, [side, side, channels]);
  model.dispose();
  if (problem) throw fault(subject, problem);
}

async function checkValues(
  subject: Subject,
  model: LayersModel,
  shape: [number, number, number, number],
  brightness: number,
): Promise<void> {
  const [batch, height, width, channels] = shape;
  const what = `${batch} images of ${height} × ${width}, ${channels === 1 ? "1 channel" : `${channels} channels`}`;
  const { stride } = subject.network;
  const images = randomImages(shape, brightness);
  let prediction: Tensor;
  try {
    prediction = model.predict(images) as Tensor; // buildModel made sure of one output
  } catch (cause) {
    throw fault(
      subject,
      `fails for ${what}: ${(cause as Error).message} Sides are multiples of its stride ${stride}: is it divisible by the factor of all down-sampling?`,
      cause,
    );
  } finally {
    images.dispose();
  }
  const values = await prediction.data();
  prediction.dispose();
  const wanted = [batch, height, width, 1];
  if (String(prediction.shape) !== String(wanted)) {
    throw fault(
      subject,
      `gives ${JSON.stringify(prediction.shape)} for ${what}, where ${JSON.stringify(wanted)} is needed. Sides are multiples of its stride ${stride}: is it divisible by the factor of all down-sampling?`,
    );
  }
  const wrong = values.find((value) => !(value >= 0 && value <= 1)); // NaN too
  if (wrong !== undefined) {
    throw fault(
      subject,
      `gives the value ${wrong} for ${what} (normal noise, times ${brightness}), where a probability from 0 to 1 is needed. End in a sigmoid: conv2d({ filters: 1, activation: "sigmoid", … }).`,
    );
  }
}
