import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";
import { anchorOf } from "../anchors.ts";
import { repository } from "../assemble.ts";

const menu = JSON.parse(readFileSync(new URL("../pages/menu.json", import.meta.url), "utf8"));

const base = process.env.EM_STELLAR_SITE_BASE ?? "/em-stellar/";

export default defineConfig({
  title: "EM-stellar",
  description: "Benchmarks deep-learning segmentation of electron-microscopy images",
  lang: "en",
  base,
  head: [["link", { rel: "icon", type: "image/svg+xml", href: `${base}logo.svg` }]],
  srcDir: "pages",
  outDir: "dist",
  cacheDir: "../node_modules/.cache/vitepress",
  metaChunk: true,
  vite: { build: { chunkSizeWarningLimit: 4000 } }, // the search index is one file, loaded at the first search
  ignoreDeadLinks: [/^http:\/\/localhost/],
  markdown: {
    anchor: { slugify: anchorOf },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  themeConfig: {
    logo: "/logo.svg",
    search: {
      provider: "local",
      // Of the API, headings are enough: whole pages would make the index three times as large.
      options: {
        _render: (text, env, markdown) =>
          markdown.render(env.relativePath.startsWith("api/") ? headingsIn(text) : text, env),
      },
    },
    nav: [
      { text: "Start", link: "/getting-started" },
      { text: "Studio", link: "/studio" },
      { text: "Networks", link: "/networks/" },
      { text: "Plugins", link: "/plugins" },
      { text: "API", link: "/api/" },
    ],
    sidebar: menu,
    outline: [2, 3],
    socialLinks: [{ icon: "github", link: repository }],
    editLink: {
      // VitePress runs the function in the page, where nothing else of this file exists.
      pattern: ({ frontmatter }) => `https://github.com/em-stellar/em-stellar/edit/main/${frontmatter.source}`,
      text: "Edit this page on GitHub",
    },
    footer: { message: "MIT licence" },
  },
});

/** The headings of a Markdown page, down to the names of functions and types. */
function headingsIn(text: string): string {
  return text
    .split("\n")
    .filter((line) => /^#{1,3} /.test(line))
    .join("\n\n");
}
