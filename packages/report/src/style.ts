/** The look of the page: light, dark and print from one set of names, no font or picture from elsewhere. */
export const style = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --raised: #f5f7f8; --ink: #16202a; --muted: #5a6773; --rule: #dbe1e6; --accent: #0a6b7c; --accent-soft: #e2f1f3; --shade: rgb(22 32 42 / .16);
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
@media (min-width: 1440px) {
  body { display: grid; grid-template-columns: minmax(190px, 1fr) minmax(0, 1120px) minmax(0, 1fr); }
  nav { grid-column: 1; position: sticky; top: 0; align-self: start; flex-direction: column; gap: .45rem; border: 0; padding: 2.6rem 0 0 2rem; }
  nav b { margin: 0 0 .6rem; }
  .page { grid-column: 2; width: 100%; }
}
@media (max-width: 1439px) { nav { max-width: 1120px; margin: 0 auto; padding-inline: clamp(16px, 4vw, 40px); } }
header { padding: 2.2rem 0 1.4rem; }
header p { margin: 0; }
.over { color: var(--muted); font-size: .9rem; }
h1 { margin: .1rem 0 1.1rem; font-size: clamp(1.7rem, 4vw, 2.3rem); line-height: 1.15; letter-spacing: -.015em; overflow-wrap: anywhere; }
.lead { font-size: clamp(1.2rem, 2.6vw, 1.55rem); line-height: 1.4; max-width: 46em; letter-spacing: -.005em; text-wrap: pretty; overflow-wrap: break-word; }
.lead em { font-style: normal; font-weight: 600; }
.lead b, .lead .figure { color: var(--accent); font-weight: 650; }
header ul { margin: 1rem 0 0; padding: 0; list-style: none; max-width: 46em; }
header li { margin: .35rem 0; padding-left: 1.1rem; position: relative; }
header li::before { content: ""; position: absolute; left: 0; top: .68em; width: .5rem; height: 1px; background: var(--muted); }
section { padding-top: 2.4rem; }
h2 { margin: 0 0 .8rem; font-size: 1.35rem; line-height: 1.25; letter-spacing: -.01em; }
h3 { margin: 1.6rem 0 .5rem; font-size: 1rem; }
p { max-width: 72ch; margin: .5rem 0; }
small { display: block; color: var(--muted); font-size: .78rem; font-weight: 400; line-height: 1.35; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .86em; overflow-wrap: anywhere; }
pre { background: var(--raised); padding: .8rem 1rem; border-radius: 6px; overflow-x: auto; max-width: 100%; }
pre code { overflow-wrap: normal; }
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
.warnings { margin-top: .6rem; padding: 1.1rem 1.3rem; background: var(--raised); border-left: 3px solid var(--accent); border-radius: 0 6px 6px 0; }
.warnings h2 { font-size: 1.05rem; margin: 0; }
.warnings ul { margin: .5rem 0 0; padding: 0; list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: .9rem 2.2rem; }
.warnings h3 { margin: 0; font-size: .95rem; }
.warnings p { margin: .15rem 0 0; font-size: .9rem; overflow-wrap: break-word; }
.warnings .advice { color: var(--muted); }
.warnings .advice::before { content: "→ "; color: var(--accent); }

table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th { font-weight: 500; text-align: left; }
thead th { vertical-align: bottom; border-bottom: 1px solid var(--ink); font-size: .85rem; padding: .3rem .7rem; }
td, tbody th { padding: .5rem .7rem; border-bottom: 1px solid var(--rule); vertical-align: top; }
tbody tr:last-child td, tbody tr:last-child th { border-bottom-color: transparent; }
tbody:last-child tr:last-child td, tbody:last-child tr:last-child th { border-bottom-color: var(--rule); }
.plain td, .plain th { text-align: right; padding-block: .38rem; }
.plain th[scope=row], .plain thead th:first-child, .costs thead th:nth-child(2) { text-align: left; }
.costs th:first-child, .costs td:first-child { width: 1%; }
.plain td { white-space: nowrap; }
.plain th[scope=row] { min-width: 8rem; max-width: 15rem; overflow-wrap: anywhere; }
.plain.left td { white-space: normal; }
.plain.left td, .plain.left th { text-align: left; overflow-wrap: break-word; }
.plain.left td:last-child { min-width: 20rem; }
.package { color: var(--muted); font-size: .8rem; }
.ranking th[scope=row] { font-weight: 600; min-width: 11.5rem; max-width: 17rem; overflow-wrap: anywhere; }
.ranking .rank { color: var(--muted); padding-right: 0; width: 1.6rem; }
.ranking td:not(.rank) { text-align: right; min-width: 5.6rem; white-space: nowrap; }
.ranking td:nth-child(3), .ranking th:nth-child(3) { min-width: 9rem; }
.compact td, .compact th { padding-inline: .35rem; }
.ranking.compact td:not(.rank) { min-width: 4.6rem; }
.ranking.compact th[scope=row] { min-width: 8rem; }
.ranking.compact td:nth-child(3), .ranking.compact th:nth-child(3) { min-width: 4.6rem; }
.ranking.compact thead button { white-space: normal; text-align: right; }
.ranking thead th:nth-child(n + 3) { text-align: right; }
.ranking td b { font-weight: 700; }
.ranking td.none { white-space: normal; }
.ranking thead button { border: 0; background: none; padding: 0; font-weight: 600; white-space: nowrap; }
.ranking thead button:hover { color: var(--accent); }
.ranking th[aria-sort] button { color: var(--accent); }
.ranking th[aria-sort] button::after { content: " ↓"; }
.ranking th[aria-sort=ascending] button::after { content: " ↑"; }
.axis { display: flex; justify-content: space-between; font-size: .7rem; margin-top: .25rem; gap: .5rem; }
.divider th { font-size: .8rem; color: var(--muted); padding-top: 1.1rem; border-bottom: 1px solid var(--ink); }
.divider th:first-child { padding-right: 0; }
.bar { display: block; width: 100%; height: 9px; margin-top: .28rem; overflow: visible; }
.bar line, .bar path { vector-effect: non-scaling-stroke; fill: none; }
.bar .rail { stroke: var(--rule); stroke-width: 1; }
.bar .range { stroke: var(--accent); stroke-width: 3; opacity: .55; }
.bar .tick { stroke: var(--ink); stroke-width: 2; }
.bar .off { stroke: var(--muted); stroke-width: 1.5; }
.bar.example { display: inline-block; width: 3.4rem; margin: 0 .15rem 0 .45rem; vertical-align: middle; }
@media (max-width: 640px) {
  nav { flex-wrap: nowrap; overflow-x: auto; white-space: nowrap; }
  .ranking td, .ranking th { padding-inline: .4rem; }
  .ranking .rank { padding-inline: 0; }
  .ranking th[scope=row] { min-width: 7.4rem; max-width: 8rem; position: sticky; left: 0; background: var(--paper); }
  .ranking td:nth-child(3), .ranking th:nth-child(3) { min-width: 7.4rem; }
}
#reading-mean, #reading-best { position: absolute; opacity: 0; pointer-events: none; }
.switch { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; font-size: .88rem; }
.switch label { padding: .34rem .9rem; cursor: pointer; }
#reading-mean:checked ~ .switch label:first-child, #reading-best:checked ~ .switch label:last-child { background: var(--accent); color: var(--paper); }
#reading-mean:focus-visible ~ .switch label:first-child, #reading-best:focus-visible ~ .switch label:last-child { outline: 2px solid var(--accent); outline-offset: -4px; outline-color: var(--paper); }
#reading-mean:checked ~ * .best, #reading-mean:checked ~ .best, #reading-best:checked ~ * .mean, #reading-best:checked ~ .mean { display: none; }
.choice { font-size: .9rem; margin: .5rem 0 .9rem; }
.scale { display: flex; align-items: center; gap: .6rem; font-size: .8rem; color: var(--muted); margin: .6rem 0 0; }
.ramp { width: 9rem; height: .6rem; border-radius: 3px; background: linear-gradient(90deg, #440154, #482475, #414487, #355f8d, #2a788e, #21918c, #22a884, #44bf70, #7ad151, #bddf26, #fde725); print-color-adjust: exact; -webkit-print-color-adjust: exact; }

.legend { max-width: none; font-size: .9rem; display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; }
.chip { white-space: nowrap; }
.legend .chip { white-space: normal; }
.chip::before { content: ""; display: inline-block; width: .72em; height: .72em; margin-right: .35em; border-radius: 2px; vertical-align: -.02em; border: 2px solid; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.tp::before { background: var(--tp); border-color: var(--tp); }
.fp::before { background: var(--fp); border-color: var(--fp); }
.fn::before { background: var(--fn); border-color: var(--fn); }
.accessible .fn::before { background: var(--paper); border-style: dashed; }
.tn::before { background: var(--tn); border-color: var(--rule); }
.case { margin-top: 2.2rem; }
.case > h3 { margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
.case > p { margin: 0 0 .8rem; color: var(--muted); font-size: .88rem; }
.tag { display: inline-block; margin-left: .4rem; padding: 0 .55rem; border-radius: 99px; background: var(--accent-soft); color: var(--accent); font-size: .8rem; font-weight: 600; vertical-align: .08em; }
.store { position: absolute; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 145px), 1fr)); gap: 1.1rem .9rem; align-items: start; }
@media (min-width: 700px) { .pictures { grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); } }
.pictures svg, .lost div { display: block; width: 100%; height: auto; border-radius: 4px; background: #000; }
.lost div { aspect-ratio: 1; background: var(--raised); display: grid; place-items: center; text-align: center; padding: 1rem; color: var(--muted); font-size: .85rem; }
.pictures figcaption { margin-top: .35rem; color: var(--ink); font-size: .86rem; line-height: 1.35; }
.pictures .title { display: flex; justify-content: space-between; gap: .5rem; }
.pictures .title b { overflow-wrap: anywhere; }
.pictures [data-overlay] svg { cursor: pointer; }
.counts { color: var(--ink); display: flex; flex-wrap: wrap; gap: 0 .6rem; margin-top: .1rem; }
.compare { grid-column: span 2; grid-row: span 2; }
.compare svg { touch-action: pan-y; cursor: ew-resize; }
.compare .line { stroke: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; }
.compare .slider { width: 100%; margin: .35rem 0 0; accent-color: var(--accent); }
.compare figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .3rem 1rem; color: var(--muted); margin: 0; }
.compare select { font: inherit; max-width: 11rem; color: var(--ink); background: var(--paper); border: 1px solid var(--rule); border-radius: 5px; padding: .1rem .3rem; }

.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 236px), 1fr)); gap: 1.2rem 1.4rem; }
.panel h3 { margin: 0 0 .1rem; overflow-wrap: anywhere; }
.panel svg { display: block; width: 100%; height: auto; max-width: 380px; }
.key { display: inline-block; vertical-align: .22em; width: 1.5em; height: 0; border-top: 1.5px solid var(--accent); }
.key.training { border-color: var(--muted); border-top-width: 1px; }
.key.dashed { border-top: 1px dashed var(--ink); }
.key.dot { width: .62em; height: .62em; border: 0; border-radius: 50%; background: var(--accent); vertical-align: 0; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem 1.6rem; }
.charts svg { display: block; width: 100%; height: auto; max-width: 520px; }
.charts + figcaption + *, figure + figure { margin-top: 1.4rem; }
.lines span { white-space: nowrap; }
.meters td { min-width: 7rem; }
.meters td:nth-last-child(-n + 2) { min-width: 0; }
.meter { display: block; height: 8px; margin-top: .25rem; border-radius: 2px; background: var(--raised); box-shadow: inset 0 0 0 1px var(--rule); }
.meter i { display: block; height: 100%; min-width: 1px; border-radius: 2px; background: var(--accent); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
td .mean, small .mean { display: block; }
.sample { display: inline-block; vertical-align: .1em; }
.panel .sample { display: inline-block; width: 26px; }
.sheets { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 400px), 1fr)); gap: 1.1rem 1.6rem; align-items: start; }
.sheets figure { margin: 0; }
.sheets figcaption { margin: 0 0 .35rem; }
.sheets img { display: block; max-width: 100%; height: auto; image-rendering: pixelated; }
.seen { display: flex; flex-wrap: wrap; gap: .6rem 1.4rem; align-items: flex-start; }
.seen img { display: block; border-radius: 4px; height: auto; }
.seen .caption { flex: 1 1 20rem; margin-top: 0; }
.beside, .pair { display: grid; grid-template-columns: minmax(0, 1fr); gap: .8rem 2rem; align-items: start; }
.beside > *, .pair > * { min-width: 0; margin: 0; }
.pair { gap: 1.6rem 3rem; margin-bottom: 1.6rem; }
@media (min-width: 1000px) { .beside { grid-template-columns: 496px minmax(0, 1fr); } .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
dl { margin: .4rem 0; font-size: .92rem; }
dl > div { display: grid; grid-template-columns: minmax(0, 1fr); padding: .3rem 0; border-bottom: 1px solid var(--rule); }
@media (min-width: 640px) { dl > div { grid-template-columns: 15rem minmax(0, 1fr); gap: 1rem; } }
dt { color: var(--muted); overflow-wrap: anywhere; }
dd { margin: 0; overflow-wrap: anywhere; max-width: 80ch; }
#glossary dt { color: var(--ink); font-weight: 600; }
.paste { background: var(--raised); padding: .9rem 1.1rem; border-radius: 6px; max-width: 84ch; }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--rule); color: var(--muted); font-size: .85rem; }

@media print {
  :root { color-scheme: light; --paper: #fff; --raised: #f5f7f8; --ink: #000; --muted: #4a5560; --rule: #ccd3d9; --accent: #0a6b7c; --accent-soft: #e2f1f3; }
  @page { margin: 14mm; }
  body { display: block; font-size: 9.5pt; }
  .page { max-width: none; padding: 0; }
  nav, .switch, button.copy, .compare { display: none !important; }
  .scroll { overflow: visible; background: none; }
  .scroll > svg { max-width: 100%; height: auto; }
  .ranking, .plain { font-size: 7.6pt; }
  .ranking td:not(.rank), .ranking th[scope=row] { min-width: 0; padding-inline: .35rem; }
  .ranking td:nth-child(3), .ranking th:nth-child(3) { min-width: 0; }
  .pictures { grid-template-columns: repeat(4, 1fr); }
  .panels { grid-template-columns: repeat(3, 1fr); }
  section > h2, h3, .case > p, .choice, .legend { break-after: avoid; }
  tr, .panel, .pictures figure, .warnings li, dl > div { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
`;
