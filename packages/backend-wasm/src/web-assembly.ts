/** What is used here of a memory; of the neutral code's libraries, none declares WebAssembly. */
export interface Memory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  instantiate(
    bytes: Uint8Array,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ): Promise<{ readonly instance: { readonly exports: unknown } }>;
}

/** WebAssembly and the decoder of base64, both in Node and in browsers. */
export const { WebAssembly: webAssembly, atob: decodeBase64 } = globalThis as unknown as {
  readonly WebAssembly: WebAssemblyApi;
  atob(base64: string): string;
};
