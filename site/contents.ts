/** The pages of the site in the order of its menu: files of the repository, without `.md`. */
export const contents: readonly { readonly title: string; readonly pages: readonly string[] }[] = [
  {
    title: "Start",
    pages: [
      "docs/getting-started",
      "docs/studio",
      "docs/prepare-your-data",
      "docs/read-the-report",
      "docs/which-network",
      "docs/when-something-goes-wrong",
    ],
  },
  {
    title: "Use",
    pages: [
      "docs/suites",
      "docs/built-in-networks",
      "docs/metrics",
      "docs/components",
      "docs/run-folder",
      "docs/evaluate",
      "docs/predict",
      "docs/features",
      "docs/cluster",
      "docs/use-elsewhere",
    ],
  },
  {
    title: "Understand",
    pages: [
      "docs/validity",
      "docs/statistics",
      "docs/paper",
      "docs/comparison",
      "docs/complexity",
      "docs/backends",
      "docs/performance",
      "docs/glossary",
    ],
  },
  { title: "Extend", pages: ["docs/plugins", "docs/architecture", "CONTRIBUTING", "docs/overfit", "docs/tfjs-bugs"] },
];

/** The address of a page on the site, without its extension: `docs/predict` is `predict`. */
export function addressOf(file: string): string {
  const page = file.replace(/\.md$/, "");
  if (page === "docs/README") return "index";
  const [, kind, name] = /^(packages|examples)\/([^/]+)\/README$/.exec(page) ?? [];
  if (kind !== undefined) return `${kind}/${name}`;
  return page.replace(/^docs\//, "").toLowerCase();
}
