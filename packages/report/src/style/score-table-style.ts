/** The look of a table of scores with a bar under each number, and of the switch between its two readings. */
export const scoreTableStyle = `
.scores th[scope=row] { font-weight: 600; min-width: 11.5rem; max-width: 17rem; overflow-wrap: anywhere; }
.scores .rank { color: var(--muted); padding-right: 0; width: 1.6rem; }
.scores td:not(.rank) { text-align: right; min-width: 5.6rem; white-space: nowrap; }
.scores td:nth-child(3), .scores th:nth-child(3) { min-width: 9rem; }
.scores thead th:nth-child(n + 3) { text-align: right; }
.scores td b { font-weight: 700; }
.scores td.none, .scores td small { white-space: normal; }
.scores td .mean, .scores td .best { display: block; }
.scores thead button { border: 0; background: none; padding: 0; font-weight: 600; text-align: right; }
.scores thead button:hover { color: var(--accent); }
.scores th[aria-sort] button { color: var(--accent); }
.scores th[aria-sort] button::after { content: " ↓"; }
.scores th[aria-sort=ascending] button::after { content: " ↑"; }
.scores .axis { display: flex; justify-content: space-between; font-size: .7rem; margin-top: .25rem; gap: .5rem; }
.scores .divider td { font-size: .8rem; color: var(--muted); padding-top: 1.1rem; border-bottom: 1px solid var(--ink); text-align: left; white-space: normal; }
.scores .divider span { position: sticky; left: 0; display: inline-block; max-width: min(100%, 78vw); }
.compact td, .compact th { padding-inline: .35rem; }
.compact td:not(.rank), .compact td:nth-child(3), .compact th:nth-child(3) { min-width: 4.6rem; }
.compact th[scope=row] { min-width: 8rem; }
.bar { display: block; width: 100%; height: 9px; margin-top: .28rem; overflow: visible; }
.bar line, .bar path { vector-effect: non-scaling-stroke; fill: none; }
.bar .rail { stroke: var(--rule); stroke-width: 1; }
.bar .range { stroke: var(--accent); stroke-width: 3; opacity: .55; }
.bar .tick { stroke: var(--ink); stroke-width: 2; }
.bar .off { stroke: var(--muted); stroke-width: 1.5; }
.bar.example { display: inline-block; width: 3.4rem; margin: 0 .15rem 0 .45rem; vertical-align: middle; }
.reading { position: absolute; opacity: 0; pointer-events: none; }
.switch { display: inline-flex; flex-wrap: wrap; border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; font-size: .88rem; }
.switch label { padding: .34rem .9rem; cursor: pointer; }
#reading-mean:checked ~ .switch label:first-child, #reading-best:checked ~ .switch label:last-child { background: var(--accent); color: var(--paper); }
#reading-mean:focus-visible ~ .switch label:first-child, #reading-best:focus-visible ~ .switch label:last-child { outline: 2px solid var(--paper); outline-offset: -4px; }
#reading-mean:checked ~ * .best, #reading-mean:checked ~ .best, #reading-best:checked ~ * .mean, #reading-best:checked ~ .mean { display: none; }
.choice { font-size: .9rem; margin: .5rem 0 .9rem; }
@media (max-width: 640px) {
  .scores { font-size: .86rem; }
  .scores td, .scores th { padding-inline: .25rem; }
  .scores .rank { width: 1rem; padding-inline: 0; }
  .scores tbody th[scope=row] { font-size: .8rem; }
  .scores th[scope=row] { min-width: 5.4rem; max-width: 6rem; position: sticky; left: 0; background: var(--paper); z-index: 1; }
  .scores th[scope=row] small, .scores thead small { font-size: .7rem; }
  .scores thead th { font-size: .67rem; }
  .scores td:not(.rank), .scores td:nth-child(3), .scores th:nth-child(3) { min-width: 3.6rem; }
  .scores .axis { font-size: .62rem; gap: .2rem; }
}
@media print {
  .switch, .reading { display: none; }
  .scores td:not(.rank), .scores td:nth-child(3), .scores th:nth-child(3) { min-width: 0; padding-inline: .35rem; }
  .scores th[scope=row] { min-width: 6.2rem; padding-inline: .35rem; }
  .scores thead button { white-space: normal; }
  .scores .divider { break-after: avoid; }
}
`;
