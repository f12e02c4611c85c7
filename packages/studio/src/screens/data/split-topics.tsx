import type { Said } from "@em-stellar/data";
import { useState } from "preact/hooks";
import { say } from "../../app/project.js";
import type { ImagesView } from "../../engine/requests/data.js";
import { Topic, withOptions } from "./topics.js";

const usualGroups: readonly { readonly expression: string; readonly words: string }[] = [
  { expression: "", words: "no groups: every image stands alone" },
  { expression: "^[A-Za-z]+", words: "letters at the start of the name (A1, A2 → A)" },
  { expression: "^[^_]+", words: "what comes before the first underscore" },
  { expression: "^[^-]+", words: "what comes before the first hyphen" },
  { expression: "^[^/]+", words: "the folder" },
];

/** Which images belong together: one animal, one region, one stack. */
export function GroupsTopic({ view }: { readonly view: ImagesView }) {
  const { set, said } = view;
  const current = said.groupBy ?? text(said.options?.groupBy) ?? text(set?.options.groupBy) ?? "";
  const isUsual = usualGroups.some(({ expression }) => expression === current);
  const [own, setOwn] = useState<string | undefined>(isUsual ? undefined : current);
  const groups = [...new Set(set?.samples.flatMap(({ group }) => group ?? []))];
  const apply = (expression: string) => {
    const { groupBy: _, ...others } = said;
    say(withOptions(others, { groupBy: expression === "" ? undefined : expression, testGroups: undefined }));
  };
  if (set?.source === "image-stack") return <StackGroups view={view} />;
  return (
    <Topic
      title="Groups"
      found={groups.length === 0 ? "none: every image stands alone" : `${groups.length} groups (${some(groups)})`}
    >
      <p class="muted small">
        Images of one animal, cell or stack resemble each other. A group is never split between training and validation,
        so that scores are not too good.
      </p>
      <label class="field">
        The group of an image is
        <select
          value={own === undefined ? current : "own"}
          onChange={({ currentTarget: { value } }) => {
            setOwn(value === "own" ? current : undefined);
            if (value !== "own") apply(value);
          }}
        >
          {usualGroups.map(({ expression, words }) => (
            <option key={expression} value={expression}>
              {words}
            </option>
          ))}
          <option value="own">another part of the name…</option>
        </select>
      </label>
      {own !== undefined && (
        <form
          class="inline"
          onSubmit={(event) => {
            event.preventDefault();
            apply(own);
          }}
        >
          <input
            type="text"
            aria-label="Regular expression for the part of the name that is the group"
            value={own}
            onInput={({ currentTarget }) => setOwn(currentTarget.value)}
          />
          <button type="submit">Use this</button>
        </form>
      )}
    </Topic>
  );
}

function StackGroups({ view: { set, said } }: { readonly view: ImagesView }) {
  const blocks = set?.options.blocks;
  return (
    <Topic title="Groups" found={typeof blocks === "number" ? `${blocks} blocks of neighbouring slices` : "none"}>
      <p class="muted small">Neighbouring slices nearly repeat each other: slices of one block are never split.</p>
      <label class="field">
        Blocks
        <input
          type="number"
          min="2"
          step="1"
          value={typeof blocks === "number" ? blocks : ""}
          onChange={({ currentTarget }) =>
            say(
              withOptions(said, { blocks: currentTarget.valueAsNumber >= 1 ? currentTarget.valueAsNumber : undefined }),
            )
          }
        />
      </label>
    </Topic>
  );
}

/** Which images are kept for the test. */
export function TestTopic({ view, duplicates }: { readonly view: ImagesView; readonly duplicates: readonly string[] }) {
  const { set, said, question } = view;
  const options = { ...set?.options, ...said.options };
  const isNamed = typeof options.testImages === "string" || said.testImages !== undefined;
  const groups = [...new Set(set?.samples.flatMap(({ group }) => group ?? []))];
  const held = Array.isArray(options.testGroups) ? (options.testGroups as readonly string[]) : undefined; // set below
  const share = typeof options.testShare === "number" ? options.testShare : undefined;
  const range = Array.isArray(options.testRange) ? (options.testRange as readonly number[]) : undefined; // likewise
  const count = set?.samples.filter(({ part }) => part === "test").length ?? 0;
  const none = { testShare: undefined, testGroups: undefined, testRange: undefined, tiles: undefined };
  const hold = (changed: Readonly<Record<string, unknown>>) => say(withOptions(said, { ...none, ...changed }));
  const toggle = (group: string, isOn: boolean) => {
    const next = isOn ? [...(held ?? []), group] : (held ?? []).filter((each) => each !== group);
    hold(next.length === 0 ? {} : { testGroups: next });
  };
  const slices = set?.samples.length ?? 0;
  return (
    <Topic
      title="Test images"
      found={count === 0 ? "none" : `${count} image${count === 1 ? "" : "s"} kept for the test`}
      question={question?.stage === "test" ? question.message : undefined}
    >
      <p class="muted small">
        No network sees these images until everything is chosen. Scores on them tell what to expect on new images.
      </p>
      {isNamed ? (
        <p>
          They are those in <code>{String(options.testImages ?? said.testImages)}</code>. “Images and masks” above names
          them.
        </p>
      ) : set?.source === "image-stack" ? (
        <Range said={said} range={range} slices={slices} />
      ) : (
        <>
          <label class="field">
            Share of the images, drawn by chance
            <select
              value={held ? "groups" : String(share ?? "")}
              onChange={({ currentTarget: { value } }) => {
                if (value !== "groups") hold(value === "" ? {} : { testShare: Number(value) });
              }}
            >
              <option value="">as the studio proposes</option>
              <option value="0.1">a tenth</option>
              <option value="0.2">a fifth</option>
              <option value="0.3">three tenths</option>
              <option value="0.5">half</option>
              {held && <option value="groups">the groups below</option>}
            </select>
          </label>
          {groups.length > 1 && (
            <fieldset class="choices chips">
              <legend>or these groups</legend>
              {groups.map((group) => (
                <label class="check" key={group}>
                  <input
                    type="checkbox"
                    checked={held?.includes(group) ?? false}
                    onChange={({ currentTarget }) => toggle(group, currentTarget.checked)}
                  />
                  {group}
                </label>
              ))}
            </fieldset>
          )}
        </>
      )}
      {duplicates.length > 0 && (
        <div class="warning">
          <p>
            <b>The test may be too easy.</b>
          </p>
          <ul>
            {duplicates.slice(0, 8).map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
          {duplicates.length > 8 && <p>And {duplicates.length - 8} more.</p>}
        </div>
      )}
    </Topic>
  );
}

function Range(props: { readonly said: Said; readonly range: readonly number[] | undefined; readonly slices: number }) {
  const { said, range, slices } = props;
  const change = (first: number, last: number) => {
    if (first >= 1 && last >= first) say(withOptions(said, { testRange: [first, last] }));
  };
  const [first = slices, last = slices] = range ?? [];
  return (
    <div class="pair">
      <label class="field">
        First slice
        <input
          type="number"
          min="1"
          value={first}
          onChange={({ currentTarget }) => change(currentTarget.valueAsNumber, last)}
        />
      </label>
      <label class="field">
        Last slice
        <input
          type="number"
          min="1"
          value={last}
          onChange={({ currentTarget }) => change(first, currentTarget.valueAsNumber)}
        />
      </label>
    </div>
  );
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function some(names: readonly string[]): string {
  return names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
}
