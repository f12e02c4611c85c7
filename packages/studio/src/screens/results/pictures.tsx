import { chosenRun, compareScores, goalOf, type MethodResult, type RankedMethod, type Results } from "@em-stellar/core";
import { useEffect, useState } from "preact/hooks";
import { images } from "../../app/project.js";
import { SteadyButton } from "../../app/steady-button.js";
import { score as scoreText } from "../../app/words.js";
import { ask } from "../../engine/client.js";
import type { TestPictures } from "../../engine/requests/run.js";
import { levelsOf } from "../../viewer/levels.js";
import { Viewer } from "../../viewer/viewer.js";

const colours = { truth: [90, 170, 255], prediction: [255, 145, 30] } as const;

/** A test image with its truth and what a method makes of it, from the image that it does worst on to the best. */
export function Pictures(props: {
  readonly id: string;
  readonly results: Results;
  readonly ranked: readonly RankedMethod<MethodResult>[];
}) {
  const { id, results, ranked } = props;
  const usable = ranked.filter(({ method }) => chosenRun(method, results) !== undefined);
  const [name, setName] = useState(usable[0]?.method.name);
  const [chosen, setChosen] = useState<string>();
  const method = usable.find((entry) => entry.method.name === name)?.method;
  const run = method && chosenRun(method, results);
  if (!method || !run) return null;
  const goal = goalOf(results, results.rankedBy);
  const scoreOf = (image: string) => run.perImage.find((each) => each.image === image)?.values[results.rankedBy];
  const order = [...results.data.testImages].sort((a, b) => compareScores(goal, scoreOf(b.id), scoreOf(a.id)));
  const place = Math.max(
    0,
    order.findIndex((image) => image.id === chosen),
  );
  const image = order[place];
  if (!image) return <p>This benchmark had no test images, so there is nothing to compare.</p>;
  const label = results.metrics.find((metric) => metric.id === results.rankedBy)?.words?.label ?? results.rankedBy;
  return (
    <section class="card" aria-labelledby="pictures-title">
      <h2 id="pictures-title">What the networks find in images that they never saw</h2>
      <div class="choose">
        <label class="inline-field">
          Method
          <select value={method.name} onChange={({ currentTarget }) => setName(currentTarget.value)}>
            {usable.map((entry) => (
              <option key={entry.method.name} value={entry.method.name}>
                {entry.method.name}
              </option>
            ))}
          </select>
        </label>
        <label class="inline-field">
          Image, worst first
          <select value={image.id} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
            {order.map((each) => (
              <option key={each.id} value={each.id}>
                {each.id}: {label} {scoreText(scoreOf(each.id))}
              </option>
            ))}
          </select>
        </label>
        <SteadyButton disabled={place === 0} onClick={() => setChosen(order[place - 1]?.id)}>
          ← Worse
        </SteadyButton>
        <SteadyButton disabled={place === order.length - 1} onClick={() => setChosen(order[place + 1]?.id)}>
          Better →
        </SteadyButton>
      </div>
      <OneImage
        key={`${id} ${run.predictions} ${image.id}`}
        id={id}
        label={`${image.id}, ${label} ${scoreText(scoreOf(image.id))}`}
        paths={{ image: image.image, truth: image.truth, prediction: `${run.predictions}/${image.id}.png` }}
        threshold={run.threshold}
        method={method.name}
      />
    </section>
  );
}

function OneImage(props: {
  readonly id: string;
  readonly label: string;
  readonly paths: { readonly image: string; readonly truth: string; readonly prediction: string };
  readonly threshold: number;
  readonly method: string;
}) {
  const { id, label, paths, threshold, method } = props;
  const [found, setFound] = useState<TestPictures>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    ask("test-pictures", { id, ...paths }).then(
      (pictures) => isCurrent && setFound(pictures),
      (error: unknown) => isCurrent && setProblem(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, []);
  if (problem !== undefined) return <p class="problem">{problem}</p>;
  if (!found) return <div class="viewer-place" />;
  const levels = (data: Uint8Array) => levelsOf({ width: found.width, height: found.height, channels: 1, data });
  const image = levels(found.image);
  const layer = (name: string, data: Uint8Array, colour: (typeof colours)[keyof typeof colours], at: number) => ({
    ...{ name, map: levels(data), maximum: 255, threshold: at, colour },
  });
  return (
    <div class="viewer-place">
      <Viewer
        label={label}
        pictures={[
          { name: "Truth", image, layers: [layer("Truth", found.truth, colours.truth, 0.5)] },
          { name: "Image", image, layers: [] },
          { name: method, image, layers: [layer(method, found.prediction, colours.prediction, threshold)] },
        ]}
        arrangement="slider"
        nanometre={images.value?.pixelSize ?? undefined}
      />
    </div>
  );
}
