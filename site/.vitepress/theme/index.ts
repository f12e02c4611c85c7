import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { h } from "vue";
import "./style.css";

/** VitePress's own page for an address that does not exist has no main landmark. */
const notFound = () =>
  h("main", { class: "not-found vp-doc" }, [h("h1", "Page not found"), h("p", [h("a", { href: "./" }, "Start page")])]);

const theme: Theme = {
  extends: DefaultTheme,
  Layout: () => h(DefaultTheme.Layout, null, { "not-found": notFound }),
};
export default theme;
