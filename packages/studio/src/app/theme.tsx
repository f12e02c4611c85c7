import { signal } from "@preact/signals";

type Theme = "light" | "dark";
const key = "em-stellar-theme";

/** What was chosen, or undefined: as the system has it. */
const chosen = signal<Theme | undefined>(readChoice());
const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);
system.addEventListener("change", ({ matches }) => {
  systemIsDark.value = matches;
});

function readChoice(): Theme | undefined {
  try {
    const kept = localStorage.getItem(key);
    return kept === "light" || kept === "dark" ? kept : undefined;
  } catch {
    return undefined; // site data are blocked: the system's theme it is
  }
}

/** Switches between light and dark; before the first switch, the system decides. */
export function ThemeSwitch() {
  const theme = chosen.value ?? (systemIsDark.value ? "dark" : "light");
  const other: Theme = theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  const change = () => {
    chosen.value = other;
    try {
      localStorage.setItem(key, other);
    } catch {
      // Site data are blocked: the choice lasts as long as the page.
    }
  };
  return (
    <button type="button" class="quiet icon" onClick={change} title={`Use the ${other} theme`}>
      <span class="visually-hidden">Use the {other} theme</span>
      <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
        <circle cx="12" cy="12" r="8.5" fill="none" stroke="currentColor" stroke-width="1.8" />
        <path d="M12 3.5a8.5 8.5 0 0 1 0 17z" fill="currentColor" />
      </svg>
    </button>
  );
}
