/** What charts, their keys and scales need of a page. */
export const chartStyle = `.legend { max-width: none; font-size: .9rem; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; }
.key { display: inline-block; vertical-align: .22em; width: 1.5em; height: 0; border-top: 1.5px solid var(--accent); }
.key.training { border-color: var(--muted); border-top-width: 1px; }
.key.dashed { border-top: 1px dashed var(--ink); }
.key.dot { width: .62em; height: .62em; border: 0; border-radius: 50%; background: var(--accent); vertical-align: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.sample { display: inline-block; width: 30px; height: 8px; vertical-align: .1em; }
.panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 236px), 1fr)); gap: 1.2rem 1.4rem; }
.panel h3 { margin: 0 0 .1rem; }
.panel > svg { display: block; width: 100%; height: auto; max-width: 320px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem 1.6rem; }
.chart > svg { display: block; width: 100%; height: auto; max-width: 440px; }
.charts .chart > svg { max-width: 520px; }
.beside, .pair { display: grid; grid-template-columns: minmax(0, 1fr); gap: .8rem 2rem; align-items: start; }
.beside > *, .pair > * { min-width: 0; margin: 0; }
.pair { gap: 1.6rem 3rem; margin-bottom: 1.6rem; }
@media (min-width: 900px) { .beside, .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.scale { display: flex; align-items: center; gap: .6rem; font-size: .8rem; color: var(--muted); margin: .6rem 0 0; }
.ramp { flex: 0 1 9rem; height: .6rem; border-radius: 3px; background: linear-gradient(90deg, #440154, #482475, #414487, #355f8d, #2a788e, #21918c, #22a884, #44bf70, #7ad151, #bddf26, #fde725); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
`;

/** The look that all sections share: light and dark from one set of names, no font or picture from elsewhere. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f5f7f8; --ink: #16202a; --muted: #56636f; --rule: #dbe1e6; --accent: #0a6b7c; --accent-soft: #e2f1f3; --shade: rgb(22 32 42 / .16);
  --line-1: #0072b2; --line-2: #d55e00; --line-3: #009e73; --line-4: #b5478b; --line-5: #56a0d3; --line-6: #a06a00; --line-7: #7a5cc8; --line-8: #16202a;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #12171c; --raised: #1a2128; --ink: #e6ebef; --muted: #98a5b1; --rule: #303a44; --accent: #55c2d3; --accent-soft: #17323a; --shade: rgb(0 0 0 / .6);
    --line-1: #56b4e9; --line-2: #ff8a3d; --line-3: #2cc79b; --line-4: #e58bc0; --line-5: #9cc9ec; --line-6: #e6b800; --line-7: #b9a4ff; --line-8: #e6ebef; }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
svg text { font-family: inherit; }
.page { max-width: 1120px; margin: 0 auto; padding: 0 clamp(16px, 4vw, 40px) 4rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.1rem; padding: .9rem 0; border-bottom: 1px solid var(--rule); font-size: .875rem; }
nav b { margin-right: auto; font-weight: 600; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: .18em; }
nav a { color: var(--muted); text-decoration: none; }
nav a:hover { color: var(--accent); text-decoration: underline; }
@media (max-width: 640px) { nav b { flex: 0 0 100%; } }
@media (min-width: 1440px) {
  body { display: grid; grid-template-columns: minmax(190px, 1fr) minmax(0, 1120px) minmax(0, 1fr); }
  nav { grid-column: 1; position: sticky; top: 0; align-self: start; flex-direction: column; gap: .45rem; border: 0; padding: 2.6rem 0 0 2rem; }
  nav b { margin: 0 0 .6rem; }
  .page { grid-column: 2; width: 100%; }
}
@media (max-width: 1439px) { nav { max-width: 1120px; margin: 0 auto; padding-inline: clamp(16px, 4vw, 40px); } }
header { padding: 2.2rem 0 1.4rem; }
header p { margin: 0; }
header .over { color: var(--muted); font-size: .9rem; }
h1 { margin: .1rem 0 1.1rem; font-size: clamp(1.7rem, 4vw, 2.3rem); line-height: 1.15; letter-spacing: -.015em; overflow-wrap: anywhere; }
.lead { font-size: clamp(1.2rem, 2.6vw, 1.55rem); line-height: 1.4; max-width: 46em; letter-spacing: -.005em; text-wrap: pretty; overflow-wrap: anywhere; }
.lead em { font-style: normal; font-weight: 600; }
.lead b, .lead .figure { color: var(--accent); font-weight: 650; }
header ul { margin: 1rem 0 0; padding: 0; list-style: none; max-width: 46em; }
header li { margin: .35rem 0; padding-left: 1.1rem; position: relative; overflow-wrap: anywhere; }
header li::before { content: ""; position: absolute; left: 0; top: .68em; width: .5rem; height: 1px; background: var(--muted); }
header details { margin: .1rem 0 0; }
header details p { margin: .2rem 0; color: var(--muted); font-size: .9rem; }
section { padding-top: 2.4rem; }
section > * + figure { margin-top: 1.4rem; }
h2 { margin: 0 0 .8rem; font-size: 1.35rem; line-height: 1.25; letter-spacing: -.01em; }
h3 { margin: 1.6rem 0 .5rem; font-size: 1rem; overflow-wrap: anywhere; }
p { max-width: 72ch; margin: .5rem 0; }
small { display: block; color: var(--muted); font-size: .78rem; font-weight: 400; line-height: 1.35; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .86rem; overflow-wrap: anywhere; }
pre { background: var(--raised); padding: .8rem 1rem; border-radius: 6px; max-width: 100%; white-space: pre-wrap; margin: .5rem 0; }
pre code { font-size: inherit; }
figure { margin: 0; }
figcaption, .caption { color: var(--muted); font-size: .875rem; line-height: 1.5; max-width: 84ch; margin-top: .7rem; }
figcaption b, .caption b { color: var(--ink); font-weight: 600; }
.none { color: var(--muted); font-size: .82rem; font-style: italic; }
.scroll {
  overflow-x: auto; max-width: 100%;
  /* A shadow at the side where there is more to see: the paper scrolls away from over it. */
  background: linear-gradient(90deg, var(--paper) 30%, transparent) 0 0 / 3rem 100% local, linear-gradient(270deg, var(--paper) 30%, transparent) 100% 0 / 3rem 100% local,
    linear-gradient(90deg, var(--shade), transparent) 0 0 / .8rem 100% scroll, linear-gradient(270deg, var(--shade), transparent) 100% 0 / .8rem 100% scroll;
  background-repeat: no-repeat;
}
.scroll:focus-visible, button:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.scroll > svg { display: block; }
details { margin: .8rem 0; }
summary { cursor: pointer; color: var(--accent); font-size: .9rem; }
button { font: inherit; color: inherit; cursor: pointer; }
button.copy { border: 1px solid var(--rule); background: var(--paper); border-radius: 6px; padding: .25rem .8rem; font-size: .85rem; color: var(--accent); }

table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { font-weight: 500; text-align: left; }
thead th { vertical-align: bottom; border-bottom: 1px solid var(--ink); font-size: .85rem; padding: .3rem .7rem; }
td, tbody th { padding: .5rem .7rem; border-bottom: 1px solid var(--rule); vertical-align: top; }
.plain td, .plain th { text-align: right; padding-block: .38rem; }
.plain th[scope=row], .plain thead th:first-child { text-align: left; }
.plain td { white-space: nowrap; }
.plain th[scope=row] { min-width: 7rem; max-width: 15rem; overflow-wrap: anywhere; }
.plain.left td { white-space: normal; overflow-wrap: anywhere; }
.plain.left td, .plain.left th { text-align: left; }
.package { color: var(--muted); font-size: .8rem; }
@media (max-width: 640px) {
  td, tbody th, thead th { padding-inline: .4rem; }
  td:first-child, th:first-child { padding-left: 0; }
  .plain { font-size: .85rem; }
  .plain th[scope=row] { min-width: 6rem; }
}

${chartStyle}dl { margin: .4rem 0; font-size: .92rem; }
dl > div { display: grid; grid-template-columns: minmax(0, 1fr); padding: .3rem 0; border-bottom: 1px solid var(--rule); }
@media (min-width: 640px) { dl > div { grid-template-columns: 15rem minmax(0, 1fr); gap: 1rem; } }
dt { color: var(--muted); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; max-width: 80ch; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--muted); font-size: .85rem; }
`;
