import { describe, expect, test } from "vitest";
import { html, listed } from "../src/html.js";

describe("html", () => {
  test("escapes text in elements and attributes, and leaves nested markup alone", () => {
    const name = `<img src=x onerror="alert('1')">&`;
    expect(html`<b title="${name}">${name}</b>`.markup).toBe(
      `<b title="&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;">&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;</b>`,
    );
    expect(html`<ul>${["<a>", html`<li>${0}</li>`, false, undefined]}</ul>`.markup).toBe(
      "<ul>&lt;a&gt;<li>0</li></ul>",
    );
  });

  test("shows control characters and turned text as they are written", () => {
    expect(html`<b>${"a\u0000\u001b[2J\u202eb\nc"}</b>`.markup).toBe(
      String.raw`<b>a\u0000\u001b[2J\u202eb${"\n"}c</b>`,
    );
  });

  test("lists in words", () => {
    const words = (...items: string[]) => listed(items).markup;
    expect(words("a")).toBe("a");
    expect(words("a", "b")).toBe("a and b");
    expect(words("a", "b", "c", "d")).toBe("a, b, c and d");
    expect(words("a", "b", "c", "d", "e", "f")).toBe("a, b, c and 3 others");
  });
});
