import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { DeviceBadge } from "./badge.js";
import { ProjectMenu } from "./project-menu.js";
import { route } from "./router.js";
import { type Route, routes } from "./routes.js";
import { ThemeSwitch } from "./theme.js";

/** A screen whose code has arrived, or what kept it from arriving. */
type Shown = { readonly of: Route; readonly Screen: ComponentType } | { readonly of: Route; readonly problem: string };
const shown = signal<Shown | undefined>(undefined);

/** The page around every screen: its name, the way through a project, the device. */
export function Shell() {
  const current = route.value;
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    let isCurrent = true;
    document.title = `${current.title} · EM-stellar studio`;
    current.load().then(
      (Screen) => {
        if (!isCurrent) return;
        const isFirst = shown.value === undefined;
        shown.value = { of: current, Screen };
        scrollTo(0, 0);
        if (!isFirst) main.current?.focus({ preventScroll: true });
      },
      (error: unknown) => {
        if (isCurrent) shown.value = { of: current, problem: error instanceof Error ? error.message : String(error) };
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [current]);
  const now = shown.value;
  return (
    <>
      <header class="top">
        <a class="brand" href="#/welcome">
          <Mark /> EM-stellar <span>studio</span>
        </a>
        <nav aria-label="Screens">
          {routes.slice(1).map(({ id, title }) => (
            <a key={id} href={`#/${id}`} aria-current={id === current.id ? "page" : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <div class="tools">
          <DeviceBadge />
          <ProjectMenu />
          <ThemeSwitch />
        </div>
      </header>
      <main ref={main} tabIndex={-1}>
        {now && "Screen" in now && <now.Screen />}
        {now && "problem" in now && (
          <p role="alert" class="problem">
            This screen cannot be loaded ({now.problem}). Reload the page.
          </p>
        )}
      </main>
    </>
  );
}

/** A mitochondrion with its folds. */
function Mark() {
  return (
    <svg viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect x="2" y="7" width="28" height="18" rx="9" fill="none" stroke="currentColor" stroke-width="2.4" />
      <path
        d="M8 8v8M13 24v-9M18 8v9M23 24v-8"
        fill="none"
        stroke="currentColor"
        stroke-width="2.4"
        stroke-linecap="round"
      />
    </svg>
  );
}
