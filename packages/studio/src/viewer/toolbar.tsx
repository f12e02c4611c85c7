import type { Contrast } from "@em-stellar/data";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import type { Arrangement } from "./arrange.js";
import type { Choice, OverlayStyle, Picture } from "./draw.js";

interface ToolbarProps {
  readonly pictures: readonly Picture[];
  readonly arrangement: Arrangement;
  readonly chosen: Choice["chosen"];
  readonly contrast: Contrast;
  /** Undefined where there are no masks. */
  readonly overlay: OverlayStyle | undefined;
  readonly onArrangement: (arrangement: Arrangement) => void;
  readonly onChosen: (chosen: Choice["chosen"]) => void;
  /** Undefined: the image's own. */
  readonly onContrast: (contrast: Contrast | undefined) => void;
  readonly onOverlay: (overlay: OverlayStyle) => void;
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
}

const arrangements: readonly (readonly [Arrangement, string])[] = [
  ["single", "One"],
  ["beside", "Side by side"],
  ["slider", "Slider"],
];

/** What can be done with the pictures of a viewer. */
export function Toolbar(props: ToolbarProps) {
  const { pictures, arrangement, onZoom, onFit } = props;
  return (
    <div class="viewer-tools">
      <div class="group">
        <Tool name="Zoom in" onClick={() => onZoom(1.5)}>
          <path d="M5 12h14M12 5v14" />
        </Tool>
        <Tool name="Zoom out" onClick={() => onZoom(1 / 1.5)}>
          <path d="M5 12h14" />
        </Tool>
        <Tool name="Show the whole image" onClick={onFit}>
          <path d="M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5" />
        </Tool>
      </div>
      {pictures.length > 1 && (
        <fieldset class="group">
          <legend class="visually-hidden">Arrangement of the pictures</legend>
          {arrangements.map(([id, name]) => (
            <button type="button" key={id} aria-pressed={id === arrangement} onClick={() => props.onArrangement(id)}>
              {name}
            </button>
          ))}
        </fieldset>
      )}
      {pictures.length > 1 && arrangement !== "beside" && <Chooser {...props} />}
      <ContrastMenu {...props} />
      {props.overlay && <OverlayMenu overlay={props.overlay} onOverlay={props.onOverlay} />}
    </div>
  );
}

interface ToolProps {
  readonly name: string;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

function Tool({ name, onClick, children }: ToolProps) {
  return (
    <button type="button" class="icon" title={name} aria-label={name} onClick={onClick}>
      <svg
        viewBox="0 0 24 24"
        width="18"
        height="18"
        aria-hidden="true"
        fill="none"
        stroke="currentColor"
        stroke-width="2"
      >
        {children}
      </svg>
    </button>
  );
}

/** Which picture is seen, or which two on both sides of the slider. */
function Chooser({ pictures, arrangement, chosen, onChosen }: ToolbarProps) {
  const names = arrangement === "slider" ? ["Left", "Right"] : ["Picture"];
  return (
    <>
      {names.map((name, side) => (
        <label key={name} class="inline">
          <span class={names.length === 1 ? "visually-hidden" : ""}>{name}</span>
          <select
            value={String(chosen[side])}
            onChange={({ currentTarget }) => {
              const picture = Number(currentTarget.value);
              onChosen(side === 0 ? [picture, chosen[1]] : [chosen[0], picture]);
            }}
          >
            {pictures.map((picture, i) => (
              <option key={picture.name} value={i}>
                {picture.name}
              </option>
            ))}
          </select>
        </label>
      ))}
    </>
  );
}

/** A button that shows further controls below it. */
function Menu({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <details class="menu">
      <summary class="button">{name}</summary>
      <div class="panel">{children}</div>
    </details>
  );
}

interface SliderProps {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

/** A number to set by hand, with what it is. */
export function Slider({ name, value, least, most, step, onChange }: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{name}</label>
      <input
        id={id}
        type="range"
        min={least}
        max={most}
        step={step}
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      <output for={id}>{Number(value.toPrecision(4))}</output>
    </div>
  );
}

function ContrastMenu({ pictures, contrast, onContrast }: ToolbarProps) {
  const { black: least, white: most } = pictures[0]?.image.range ?? { black: 0, white: 255 };
  const step = (most - least) / 255;
  const apart = Math.max(step, Number.EPSILON);
  return (
    <Menu name="Contrast">
      <Slider
        name="Black"
        value={contrast.black}
        {...{ least, most, step }}
        onChange={(black) => onContrast({ black, white: Math.max(contrast.white, black + apart) })}
      />
      <Slider
        name="White"
        value={contrast.white}
        {...{ least, most, step }}
        onChange={(white) => onContrast({ white, black: Math.min(contrast.black, white - apart) })}
      />
      <div class="group">
        <button type="button" onClick={() => onContrast(undefined)}>
          Automatic
        </button>
        <button type="button" onClick={() => onContrast({ black: least, white: most })}>
          Full range
        </button>
      </div>
    </Menu>
  );
}

interface OverlayMenuProps {
  readonly overlay: OverlayStyle;
  readonly onOverlay: (overlay: OverlayStyle) => void;
}

function OverlayMenu({ overlay, onOverlay }: OverlayMenuProps) {
  const { isShown, fill, opacity, outline } = overlay;
  return (
    <Menu name="Overlay">
      <Check name="Show masks" is={isShown} onChange={(on) => onOverlay({ ...overlay, isShown: on })} />
      <Check name="Outlines" is={outline} onChange={(on) => onOverlay({ ...overlay, outline: on })} />
      <Check
        name="Fill by probability"
        is={fill === "probability"}
        onChange={(on) => onOverlay({ ...overlay, fill: on ? "probability" : "mask" })}
      />
      <Slider
        name="Opacity"
        value={opacity}
        least={0}
        most={1}
        step={0.05}
        onChange={(value) => onOverlay({ ...overlay, opacity: value })}
      />
    </Menu>
  );
}

interface CheckProps {
  readonly name: string;
  readonly is: boolean;
  readonly onChange: (is: boolean) => void;
}

function Check({ name, is, onChange }: CheckProps) {
  return (
    <label class="check">
      <input type="checkbox" checked={is} onChange={({ currentTarget }) => onChange(currentTarget.checked)} />
      {name}
    </label>
  );
}
