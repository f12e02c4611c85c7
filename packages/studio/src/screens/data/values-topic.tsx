import { useState } from "preact/hooks";
import { say } from "../../app/project.js";
import type { ImagesView } from "../../engine/requests/data.js";
import { ignoredWords, maskWords, polarityWords } from "../../project/mask-words.js";
import { Topic, withOptions } from "./topics.js";

/** Ways to read the values of masks. */
type Way = keyof typeof maskWords;

/** Which values of the masks mean object. */
export function ValuesTopic({ view }: { readonly view: ImagesView }) {
  const { said, set, question } = view;
  const labels = said.labels ?? (said.options?.objectLabels as readonly number[] | undefined); // set below, or by an opened project
  const current: Way =
    labels === "nonzero" || said.options?.maskRule === "index"
      ? "nonzero"
      : said.options?.maskRule === "binary"
        ? "white"
        : labels && labels.length === 1 && labels[0] === 0
          ? "black"
          : labels
            ? "values"
            : "auto";
  const [chosen, setChosen] = useState<Way>();
  const way = chosen ?? current;
  const [numbers, setNumbers] = useState(Array.isArray(labels) ? labels.join(", ") : "1");
  const ignored = said.options?.ignoreValue;
  const plain = () => {
    const { labels: _, ...others } = said;
    return withOptions(others, { maskRule: undefined, objectLabels: undefined });
  };
  const choose = (next: Way) => {
    setChosen(next);
    if (next === "auto") say(plain());
    if (next === "nonzero") say({ ...plain(), labels: "nonzero" });
    if (next === "white") say(withOptions(plain(), { maskRule: "binary" }));
    if (next === "black") say({ ...plain(), labels: [0] });
  };
  const list = numbers
    .split(/[\s,;]+/)
    .filter((text) => text !== "")
    .map(Number);
  const found = set
    ? `${maskWords[current].toLowerCase().replace(/:$/, ` ${numbers}`)}; ${percent(set.share)} of all pixels are object`
    : "";
  const asked = question?.stage === "values" ? question.message : undefined;
  return (
    <Topic title="Object in the masks" found={found} question={asked}>
      <fieldset class="choices">
        <legend class="visually-hidden">Which values of the masks mean object</legend>
        {(Object.keys(maskWords) as Way[]).map((each) => (
          <label class="check" key={each}>
            <input type="radio" name="mask-values" checked={way === each} onChange={() => choose(each)} />
            {maskWords[each]}
          </label>
        ))}
        {way === "values" && (
          <form
            class="inline"
            onSubmit={(event) => {
              event.preventDefault();
              if (list.length > 0 && list.every(Number.isFinite)) say({ ...plain(), labels: list });
            }}
          >
            <input
              type="text"
              aria-label="Values that mean object, with commas between them"
              value={numbers}
              onInput={({ currentTarget }) => setNumbers(currentTarget.value)}
            />
            <button type="submit">Use these</button>
          </form>
        )}
      </fieldset>
      <label class="field">
        Files that store white as 0
        <select
          value={String(said.options?.polarity ?? "auto")}
          onChange={({ currentTarget }) =>
            say(withOptions(said, { polarity: currentTarget.value === "auto" ? undefined : currentTarget.value }))
          }
        >
          <option value="auto">ask where it matters</option>
          {Object.entries(polarityWords).map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {ignoredWords} (left out of training and scores)
        <input
          type="number"
          step="any"
          value={typeof ignored === "number" ? ignored : ""}
          placeholder="none"
          onChange={({ currentTarget }) =>
            say(
              withOptions(said, {
                ignoreValue: Number.isNaN(currentTarget.valueAsNumber) ? undefined : currentTarget.valueAsNumber,
              }),
            )
          }
        />
      </label>
    </Topic>
  );
}

/** `31 %`, `8.4 %` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
}
