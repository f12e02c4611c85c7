import type { LayersModel } from "@tensorflow/tfjs-layers";
import { formProblem } from "../training/model-problem.js";
import type { ImageShape } from "../training/network.js";
import { fault, type Subject, seedStream } from "./subject.js";

/** For images of any size and of one, with one channel and more, there is a model of one input, of that shape, and one output. */
export function checkBuilding(subject: Subject): void {
  for (const channels of [1, 3]) {
    checkModel(subject, [null, null, channels]);
    checkModel(subject, [subject.side, subject.side + subject.network.stride, channels]);
  }
}

function checkModel(subject: Subject, shape: ImageShape): void {
  const sizes = `for images of ${shape.map((side) => side ?? "any").join(" × ")} (height × width × channels)`;
  let model: LayersModel;
  try {
    model = subject.network.build(shape, seedStream(1));
  } catch (cause) {
    throw fault(subject, `does not build ${sizes}: ${(cause as Error).message}`, cause);
  }
  const problem = formProblem(model, shape);
  model.dispose();
  if (problem) throw fault(subject, `builds ${sizes} a model that ${problem}`);
}
