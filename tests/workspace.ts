import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

/** The fields of a package.json that these tests look at. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly sideEffects?: boolean;
  readonly keywords?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export interface Package {
  /** Absolute. */
  readonly folder: string;
  /** Last part of the folder: `core`, `nets-unet`. */
  readonly short: string;
  readonly manifest: Manifest;
  /** Absolute paths of all TypeScript files in `src`, `.tsx` among them. */
  readonly sources: readonly string[];
}

/** The packages that are published. */
export const packages: readonly Package[] = readdirSync(join(root, "packages"))
  .filter((short) => existsSync(join(root, "packages", short, "package.json")))
  .map((short) => {
    const folder = join(root, "packages", short);
    const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const sources = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => join(folder, "src", file));
    return { folder, short, manifest, sources };
  })
  .filter(({ manifest }) => !manifest.private);
