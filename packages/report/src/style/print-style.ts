/** The look on paper: black on white, everything unfolded, nothing torn apart that belongs together. */
export const printStyle = `
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; --paper: #fff; --raised: #f5f7f8; --ink: #000; --muted: #4a5560; --rule: #ccd3d9; --accent: #0a6b7c; --accent-soft: #e2f1f3;
    --line-1: #0072b2; --line-2: #d55e00; --line-3: #009e73; --line-4: #b5478b; --line-5: #56a0d3; --line-6: #a06a00; --line-7: #7a5cc8; --line-8: #000; }
  html { font-size: 9pt; }
  body { display: block; orphans: 3; widows: 3; }
  .page { max-width: none; padding: 0; }
  nav, button.copy { display: none !important; }
  header { padding-top: 0; }
  .lead { font-size: 1.3rem; }
  section { padding-top: 1.6rem; }
  /* Where a script does not open folded parts before printing, browsers that know their content by name show it. */
  details::details-content { content-visibility: visible; display: block; height: auto; }
  summary { list-style: none; color: var(--muted); font-weight: 600; break-after: avoid; }
  summary::-webkit-details-marker { display: none; }
  .scroll { overflow: visible; background: none; }
  .scroll > svg { max-width: 100%; height: auto; }
  table { font-size: .85rem; }
  thead { display: table-header-group; }
  tr, figcaption, .panel, .chart, .warnings li, dl > div { break-inside: avoid; }
  /* No single row is left at the top or at the foot of a page. */
  tbody tr:nth-last-child(-n + 2), dl > div:nth-last-child(-n + 2) { break-before: avoid; }
  thead, tbody tr:nth-child(-n + 2), dl > div:nth-child(-n + 2) { break-after: avoid; }
  tbody tr:last-child, dl > div:last-child { break-after: auto; }
  h2, h3, .choice, .legend { break-after: avoid; }
  figcaption, .caption { break-before: avoid; }
  .legend { break-inside: avoid; }
  .panels { grid-template-columns: repeat(3, minmax(0, 1fr)); }
  .pair, .beside, .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  a { color: inherit; text-decoration: none; }
}
`;
