import { defineConfig } from "tsup";

/** One module out for each file in: only then does a bundler drop what a user does not import. */
export default defineConfig({
  entry: ["src/**/*.ts", "!src/**/*.d.ts"],
  bundle: false,
  format: "esm",
  target: "es2023",
  sourcemap: true,
  // The sources are in the package, so its maps need not hold them as well.
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
  clean: true,
  silent: true,
});
