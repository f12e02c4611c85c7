// Web Crypto is global in Node 20, browsers and workers, but in none of the ES libraries.
declare const crypto: {
  subtle: { digest(algorithm: "SHA-256", data: ArrayBufferView): Promise<ArrayBuffer> };
};

/** SHA-256 in hexadecimal digits. */
export async function hashBytes(data: ArrayBufferView): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", data);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
