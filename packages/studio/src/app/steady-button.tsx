import type { ComponentChildren } from "preact";

export interface SteadyButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: () => void;
  /** Whether pressing it does nothing for now. */
  readonly disabled: boolean;
  readonly class?: string;
}

/** A button that keeps the keyboard's focus when it is disabled: browsers take the focus away from `<button disabled>`. */
export function SteadyButton({ children, onClick, disabled, class: look }: SteadyButtonProps) {
  return (
    <button type="button" class={look} aria-disabled={disabled} onClick={disabled ? undefined : onClick}>
      {children}
    </button>
  );
}
