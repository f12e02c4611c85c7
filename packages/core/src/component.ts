/** One configured choice: what a suite lists and what its results record. Every option is present, defaults filled in, as JSON. */
export interface Component<Kind extends string = string, Id extends string = string> {
  readonly kind: Kind;
  readonly id: Id;
  readonly options: object;
  /** The publication to cite when a result rests on it. */
  readonly citation?: string;
}

/** Makes components of one id: `unet({ depth: 4 })`. Options left out take the values in `defaults`. */
export interface Factory<C extends Component, Options extends object> {
  (options?: Partial<Options>): C;
  readonly kind: C["kind"];
  readonly id: C["id"];
  /** One line for lists and reports. */
  readonly summary: string;
  /** The publication to cite when a result rests on this component. */
  readonly citation?: string;
  readonly defaults: Readonly<Options>;
}

/** A factory of any kind. The options are `any` because a factory takes its own options only; `lookup` checks them at run time. */
// biome-ignore lint/suspicious/noExplicitAny: a function parameter is contravariant, so no narrower type accepts every factory
export type AnyFactory<C extends Component = Component> = Factory<C, any>;

/**
 * What all `define…` functions share. `Options` is what the component's function annotates; where it annotates nothing,
 * it is the type of `defaults`. Two parameters, because TypeScript reads `defaults` before it can look into that function.
 */
export interface Definition<Id extends string, Defaults extends object, Options extends object = Defaults> {
  /** Kebab-case, unique within its kind, stable: suites and saved results contain it. */
  readonly id: Id;
  /** One line: what it is and where it comes from. */
  readonly summary: string;
  /** The publication to cite. */
  readonly citation?: string;
  /** Every option with its default; `null` means off. */
  readonly defaults: Defaults & NoInfer<Options>;
  /** Refuses bad values before any work starts: returns an error message, or undefined if the options are valid. */
  readonly check?: (options: Defaults) => string | undefined;
}
