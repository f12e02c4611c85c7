const policy: Readonly<Record<string, string>> = {
  "default-src": "'self'",
  // `blob:` is a module that the user chose from a file, and tfjs's threads; WebAssembly is compiled, JavaScript never.
  "script-src": "'self' blob: 'wasm-unsafe-eval'",
  "worker-src": "'self' blob:",
  "connect-src": "'self' blob: data:",
  "img-src": "'self' blob: data:",
  "style-src": "'self' 'unsafe-inline'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
};

/** What the page may load: nothing of another origin. The page says so itself, too, for servers that do not. */
export const contentSecurityPolicy = Object.entries(policy)
  .map(([directive, sources]) => `${directive} ${sources}`)
  .join("; ");

/** HTTP headers to send the page's files with: nothing leaves its origin, and it may share memory between threads. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": `${contentSecurityPolicy}; frame-ancestors 'none'`,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};
