export type { CitationLookup } from "./citation.js";
export type { Palette } from "./overlay.js";
export { type ReportOptions, renderReport } from "./report.js";
