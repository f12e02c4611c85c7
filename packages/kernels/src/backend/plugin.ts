import { type AnyFactory, definePlugin, type Factory, type Plugin } from "@em-stellar/core";
import type { Backend } from "@em-stellar/core/training";
import { type AutoOptions, defineAuto } from "./auto.js";

/** The factories of backends in plugins. */
type BackendsOf<P extends readonly Plugin[]> = Extract<P[number]["components"][number], AnyFactory<Backend>>;

/** A plugin with the backend `auto`, which chooses from the backends of other plugins. */
export function autoAmong<const P extends readonly Plugin[]>(
  ...plugins: P
): Plugin<Factory<Backend<"auto">, AutoOptions<BackendsOf<P>[]>>> {
  const backends = plugins.flatMap(({ components }) =>
    components.filter((factory): factory is BackendsOf<P> => factory.kind === "backend"),
  );
  return definePlugin({ name: "@em-stellar/kernels", version: "1.0.0", components: [defineAuto(...backends)] });
}
