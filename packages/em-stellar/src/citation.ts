import type { AnyFactory, AnyRegistry } from "@em-stellar/core";

/** Looks up what to cite for a component, for the report. */
export function citationIn(registry: AnyRegistry): (kind: string, id: string) => string | undefined {
  return (kind, id) => {
    const factories: readonly AnyFactory[] = registry.list(kind);
    return factories.find((factory) => factory.id === id)?.citation;
  };
}
