import type { ImageFormat } from "@em-stellar/core";

/** Whether a file's name ends as those of one of the formats do. */
export function isImageName(name: string, formats: readonly ImageFormat[]): boolean {
  const dot = name.lastIndexOf(".");
  const extension = name.slice(dot + 1).toLowerCase();
  return dot >= 0 && formats.some(({ extensions }) => extensions.includes(extension));
}

/** What messages call images of any of the formats: `PNG or TIFF`. */
export function formatNames(formats: readonly ImageFormat[]): string {
  const names = formats.map(({ id }) => id.toUpperCase());
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} or ${names.at(-1)}` : (names[0] ?? "known");
}
