/** The look of images with their overlays. */
export const picturesStyle = `
.chip { white-space: nowrap; }
.legend .chip { white-space: normal; }
.chip::before { content: ""; display: inline-block; width: .72em; height: .72em; margin-right: .35em; border-radius: 2px; vertical-align: -.02em; border: 2px solid; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.tp::before { background: var(--tp); border-color: var(--tp); }
.fp::before { background: var(--fp); border-color: var(--fp); }
.fn::before { background: var(--fn); border-color: var(--fn); }
&.accessible .fn::before { background: var(--paper); border-style: dashed; }
.tn::before { background: var(--tn); border-color: var(--rule); }
.case { margin-top: 2rem; }
.case > h3 { margin: 0; font-size: 1.1rem; }
.case > p { margin: 0 0 .8rem; color: var(--muted); font-size: .88rem; }
.tag { display: inline-block; margin-left: .4rem; padding: 0 .55rem; border-radius: 99px; background: var(--accent-soft); color: var(--accent); font-size: .8rem; font-weight: 600; vertical-align: .08em; }
.store { position: absolute; }
.views, .methods { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 1.1rem .9rem; align-items: start; }
.methods { margin-top: 1.1rem; }
.compare { grid-column: 1 / -1; order: -1; }
.methods.odd figure:first-child { grid-column: 1 / -1; }
@media (min-width: 700px) {
  .views { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .compare { grid-column: auto; order: 0; }
  .methods { grid-template-columns: repeat(var(--medium), minmax(0, 1fr)); }
  .methods.odd figure:first-child { grid-column: auto; }
}
@media (min-width: 1000px) { .methods { grid-template-columns: repeat(var(--wide), minmax(0, 1fr)); } }
figure svg, .lost div { display: block; width: 100%; height: auto; border-radius: 4px; background: #000; }
.lost div { aspect-ratio: 1; background: var(--raised); display: grid; place-items: center; text-align: center; padding: 1rem; color: var(--muted); font-size: .85rem; }
figure figcaption { margin-top: .35rem; color: var(--ink); font-size: .86rem; line-height: 1.35; }
.title { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 .5rem; }
.title b { overflow-wrap: anywhere; }
.methods [data-overlay] svg { cursor: pointer; }
.counts { color: var(--ink); display: flex; flex-wrap: wrap; gap: 0 .6rem; margin-top: .1rem; }
.compare svg { touch-action: pan-y; cursor: ew-resize; }
.compare .line { stroke: #fff; stroke-width: 2; vector-effect: non-scaling-stroke; }
.compare .slider { display: block; width: 100%; margin: .35rem 0 0; accent-color: var(--accent); }
.compare figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: .3rem 1rem; color: var(--muted); margin: 0; }
.compare select { font: inherit; max-width: 11rem; color: var(--ink); background: var(--paper); border: 1px solid var(--rule); border-radius: 5px; padding: .1rem .3rem; }
@media print {
  .compare { display: none !important; }
  .views { grid-template-columns: repeat(6, minmax(0, 1fr)); }
  .methods { grid-template-columns: repeat(var(--wide), minmax(0, 1fr)); }
  .methods.odd figure:first-child { grid-column: auto; }
  .case, .case figure { break-inside: avoid; }
  .case > h3, .case > p, .views { break-after: avoid; }
}
`;
