import { inWords, type Names, namesOf, replaced } from "../../packages/create-em-stellar-plugin/src/names.js";
import { type Edit, type Kind, kinds } from "./kinds.js";

/** Reads a file of the repository by its path from the root; undefined where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** What a new component takes. */
export interface NewComponent {
  /** Text of each file that is new or changed, by its path from the root, not yet formatted. */
  readonly files: ReadonlyMap<string, string>;
  /** What is left for its author. */
  readonly gates: readonly string[];
}

/**
 * A new built-in component of a kind: working code to change, its test, and the lines that make it known. Throws where the
 * kind or the package is unknown, or a file of that name is there.
 */
export function newComponent(read: ReadFile, kind: string, id: string, chosen?: string): NewComponent {
  const found = kinds[kind];
  if (!found)
    throw new Error(
      `No kind of component is named ${JSON.stringify(kind)}. There are: ${Object.keys(kinds).join(", ")}.`,
    );
  const names = namesOf(id);
  const files = new Map<string, string>();
  const text = (path: string) => {
    const now = files.get(path) ?? read(path);
    if (now === undefined) throw new Error(`${path} is missing.`);
    return now;
  };
  const create = (path: string, content: string) => {
    if (read(path) !== undefined) throw new Error(`${path} is there already. Choose another name.`);
    files.set(path, content);
  };
  const template = (file: string) =>
    inWords(text(`packages/create-em-stellar-plugin/templates/${kind}/${file}`), kind, names);

  const pack = kind === "backend" ? `backend-${id}` : packageOf(found, kind, chosen);
  const folder = `packages/${pack}/${found.folder ?? "src"}`;
  const source = template("component.ts");
  create(`${folder}/${id}.ts`, source);
  create(
    `packages/${pack}/test/${id}.test.ts`,
    template("component.test.ts").replace('"./component.js"', `"../${found.folder ?? "src"}/${id}.js"`),
  );
  if (kind === "backend") {
    for (const path of ["package.json", "tsconfig.json", "README.md", "src/index.ts", "src/plugin.ts"]) {
      create(`packages/${pack}/${path}`, backendFile(path, text(`packages/backend-cpu/${path}`), names));
    }
  } else {
    for (const { file, change } of linesOf(folder, source, names)) files.set(file, changed(file, text(file), change));
    if (found.isExported ?? true) {
      const all = "packages/em-stellar/src/index.ts";
      files.set(
        all,
        changed(all, text(all), (exports) => exportedFrom(exports, `@em-stellar/${pack}`, names.factory)),
      );
    }
  }
  for (const { file, change } of found.lines?.(names) ?? []) files.set(file, changed(file, text(file), change));
  return { files, gates: found.gates };
}

function packageOf({ packages }: Kind, kind: string, chosen: string | undefined): string {
  if (chosen === undefined) return packages[0] as string; // every kind has one
  if (packages.includes(chosen)) return chosen;
  throw new Error(`A ${kind} goes to ${packages.join(" or ")}, not to ${JSON.stringify(chosen)}.`);
}

/** The lines in the index and in the plugin of its package. */
function linesOf(folder: string, source: string, { id, factory, type }: Names): Edit[] {
  const options = source.includes(`interface ${type}Options`) ? `, type ${type}Options` : "";
  return [
    { file: `${folder}/index.ts`, change: (text) => `${text}export { ${factory}${options} } from "./${id}.js";\n` },
    {
      file: `${folder}/plugin.ts`,
      change: (text) =>
        `import { ${factory} } from "./${id}.js";\n${text.replace(/components: \[([^\]]*?),?\s*\]/, `components: [$1, ${factory}]`)}`,
    },
  ];
}

function exportedFrom(text: string, entry: string, name: string): string {
  return text.replace(new RegExp(`(export \\{[^}]*?),?\\s*\\} from "${entry}";`), `$1, ${name} } from "${entry}";`);
}

/** A file of the package `backend-cpu` as that of another backend. */
function backendFile(path: string, text: string, { id, factory }: Names): string {
  const folder = { "/backend-cpu": `/backend-${id}` };
  switch (path) {
    case "README.md":
      return replaced(text.replace(/^It corrects.*\n\n/m, "").replace(/^The backend `cpu`.*$/m, "The backend `cpu`."), {
        ...folder,
        "`cpu`": `\`${id}\``,
        "{ cpu }": `{ ${factory} }`,
        "cpu()": `${factory}()`,
        "// cpu (plain": `// ${id} (plain`,
      });
    case "package.json":
      return replaced(text, folder).replace(/"description": ".*"/, `"description": "The backend ${id}."`);
    default:
      return replaced(text, {
        ...folder,
        "./cpu.js": `./${id}.js`,
        "{ cpu }": `{ ${factory} }`,
        "[cpu]": `[${factory}]`,
      });
  }
}

function changed(file: string, text: string, change: (text: string) => string): string {
  const after = change(text);
  if (after === text)
    throw new Error(`${file} has no place for another component: scripts/new/ must follow its changes.`);
  return after;
}
