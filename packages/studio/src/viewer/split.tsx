/** The line between two pictures of the same place, to drag from side to side. */
export function Split(props: {
  /** 0 to 1. */
  readonly at: number;
  readonly onChange: (at: number) => void;
  /** Of the pictures to the left and to the right. */
  readonly names: readonly string[];
}) {
  const { at, onChange, names } = props;
  const percent = Math.round(100 * at);
  return (
    <>
      <i class="split-line" style={{ left: `${100 * at}%` }} />
      <input
        class="split"
        type="range"
        min={0}
        max={100}
        value={percent}
        aria-label={`Line between ${names[0]} and ${names[1]}`}
        aria-valuetext={`${percent} % ${names[0]}`}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber / 100)}
      />
    </>
  );
}
