/** The look of the list of warnings. */
export const warningsStyle = `
& { margin-top: .6rem; padding: 1.1rem 1.3rem; background: var(--raised); border-left: 3px solid var(--accent); border-radius: 0 6px 6px 0; }
h2 { font-size: 1.05rem; margin: 0; }
ul { margin: .5rem 0 0; padding: 0; list-style: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: .9rem 2.2rem; }
h3 { margin: 0; font-size: .95rem; }
p { margin: .15rem 0 0; font-size: .9rem; overflow-wrap: anywhere; }
.advice { color: var(--muted); }
.advice::before { content: "→ "; color: var(--accent); }
@media print { li { break-inside: avoid; } }
`;
