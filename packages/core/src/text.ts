// TextEncoder and TextDecoder exist in Node, browsers and workers alike, but in none of the ES libraries.
declare const TextEncoder: new () => { encode(text: string): Uint8Array };
declare const TextDecoder: new () => { decode(bytes: Uint8Array): string };

/** UTF-8 bytes of a text. */
export function encodeText(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
