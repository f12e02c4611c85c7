/** A message without what may be names of files: paths, and words with an extension. */
export function withoutNames(message: string): string {
  return message
    .replace(/"[^"\n]*"/g, '"…"')
    .replace(/[^\s"(),;:]*[\\/][^\s"(),;]*/g, "…")
    .replace(/[^\s"(),;]+\.(?:tiff?|png|json|csv|zip|bin|[cm]?[jt]s)\b/gi, "…");
}
