import { visible as visibleOfCore } from "@em-stellar/core";
import { expect, it } from "vitest";
import { openTerminal } from "../../src/terminal/terminal.js";
import { visible } from "../../src/terminal/visible.js";

it("shows what would move the cursor, hide lines or turn the direction of writing", () => {
  expect(visible("\u001b[31mred\u0007\r\t\u202eevil\u009b\u2028x")).toBe(
    String.raw`\u001b[31mred\u0007\u000d\u0009\u202eevil\u009b\u2028x`,
  );
  expect(visible("two\nlines, µm, 日本, ✓")).toBe("two\nlines, µm, 日本, ✓");
});

it("shows the same as in tables and pages", () => {
  const all = String.fromCharCode(...Array.from({ length: 0x2070 }, (_, code) => code));
  expect(visible(all)).toBe(visibleOfCore(all));
});

it("a terminal writes names so, and its own colours as they are", () => {
  let text = "";
  const output = { isTTY: true, columns: 80, write: (part: string) => (text += part) };
  openTerminal(output, {}).print("✓ \u001b[2Jcells");
  expect(text).toContain(`\u001b[32m✓\u001b[0m ${String.raw`\u001b[2Jcells`}`);
});
