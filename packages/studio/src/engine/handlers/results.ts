import { EmStellarError, InputError, makeAgain, type Results, readSealed, resultsSchema } from "@em-stellar/core";
import { readProbabilityPng } from "@em-stellar/data";
import type { ResultsView, RunRequests, TestPictures } from "../requests/run.js";
import { storeOf } from "./run.js";

/** The results of a finished benchmark, and what the report says of them. */
export async function viewResults(id: string): Promise<ResultsView> {
  const results = await resultsOf(id);
  const { reportParts } = await import("@em-stellar/report"); // charts take time to load
  return { results, ...(await reportParts(results)) };
}

/** The report as one HTML page. */
export async function report(id: string): Promise<string> {
  const results = await resultsOf(id);
  const { renderReport } = await import("@em-stellar/report");
  return renderReport(results, { store: await storeOf(id) });
}

/** A test image with its truth and a prediction. Throws `InputError` where one of them is not in the run folder. */
export async function testPictures({ id, ...paths }: RunRequests["test-pictures"]["asked"]): Promise<TestPictures> {
  const store = await storeOf(id);
  const read = async (path: string) => {
    const bytes = await store.read(path);
    if (!bytes) throw new InputError(`${path} is not in the folder of this benchmark any more.`);
    return readProbabilityPng(bytes, path);
  };
  const [image, truth, prediction] = [await read(paths.image), await read(paths.truth), await read(paths.prediction)];
  const eightBits = ({ data, maximum }: typeof image) =>
    Uint8Array.from(data, (value) => Math.round((255 * value) / maximum));
  return {
    ...{ width: image.width, height: image.height },
    ...{ image: eightBits(image), truth: eightBits(truth), prediction: eightBits(prediction) },
  };
}

async function resultsOf(id: string): Promise<Results> {
  const json = await readSealed(await storeOf(id), "results.json", makeAgain);
  if (!json) throw new InputError("This benchmark has not finished yet. Go on with it on the screen Train.");
  const parsed = resultsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new EmStellarError("The results of this benchmark are of another version of the studio. Run it again.");
}
