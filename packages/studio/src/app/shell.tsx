import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { DeviceBadge } from "./badge.js";
import { WaitingPlugins } from "./plugins.js";
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
        if (!isFirst) requestAnimationFrame(() => headingOf(main.current)?.focus({ preventScroll: true }));
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
        <button type="button" class="skip main" onClick={() => headingOf(main.current)?.focus()}>
          Skip to the content
        </button>
        <a class="brand" href="#/welcome">
          <Mark /> EM-stellar <span>studio</span>
        </a>
        <Screens current={current} />
        <div class="tools">
          <DeviceBadge />
          <ProjectMenu />
          <ThemeSwitch />
        </div>
      </header>
      <main ref={main} tabIndex={-1}>
        <WaitingPlugins />
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

/** Every screen: those of a project in their order, then those that need no training. */
function Screens({ current }: { readonly current: Route }) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the list scrolls sideways.
    const list = nav.current;
    if (!list) return;
    const observer = new ResizeObserver(() => {
      const link = list.querySelector<HTMLElement>("[aria-current]");
      if (link) list.scrollLeft = link.offsetLeft - list.offsetLeft - (list.clientWidth - link.clientWidth) / 2;
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, [current]);
  return (
    <nav ref={nav} aria-label="Screens">
      {routes.slice(1).map(({ id, title, step }) => (
        <a
          key={id}
          href={`#/${id}`}
          class={step === undefined ? "aside" : ""}
          aria-current={id === current.id ? "page" : undefined}
        >
          {step !== undefined && (
            <span class="step" aria-hidden="true">
              {step}
            </span>
          )}
          {title}
        </a>
      ))}
    </nav>
  );
}

/** What a screen begins with, ready to take the focus, so that people who see nothing hear where they are. */
function headingOf(main: HTMLElement | null): HTMLElement | null {
  const heading = main?.querySelector<HTMLElement>("h1") ?? main;
  if (heading && heading.tabIndex < 0) heading.tabIndex = -1;
  return heading;
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
