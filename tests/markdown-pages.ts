import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packages, root } from "./workspace.js";

const markdownIn = (folder: string) =>
  readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".md") ? join(folder, name) : []));

/** Every Markdown page that a reader meets, relative to the repository; changelogs and changesets are not among them. */
export const markdownPages: readonly string[] = [
  ...markdownIn(".").filter((page) => page !== "CHANGELOG.md"),
  ...markdownIn("docs"),
  ...readdirSync(join(root, "examples")).map((name) => join("examples", name, "README.md")),
  ...packages.map(({ short }) => join("packages", short, "README.md")),
];
