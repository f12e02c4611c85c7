import { useId } from "preact/hooks";

/** The pages of a stack, counted from 0. */
export interface Pages {
  readonly count: number;
  readonly at: number;
  readonly onChange: (page: number) => void;
}

/** Leads through a stack. */
export function PageSlider({ count, at, onChange }: Pages) {
  const id = useId();
  return (
    <div class="page-slider">
      <label for={id}>Page</label>
      <input
        id={id}
        type="range"
        min={1}
        max={count}
        value={at + 1}
        aria-valuetext={`${at + 1} of ${count}`}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber - 1)}
      />
      <output for={id}>
        {at + 1} / {count}
      </output>
    </div>
  );
}
