/** Imports a package that only Node can run: bundlers are told to leave the import alone. */
export function importInNode(packageName: string): Promise<unknown> {
  return import(/* webpackIgnore: true */ /* @vite-ignore */ packageName);
}
