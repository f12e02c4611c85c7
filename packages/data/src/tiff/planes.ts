/** What planes are that a TIFF marks as red, green and blue and stores one after another. */
export type PlanesReading = "auto" | "slices" | "colours";

export interface PlanesOptions {
  /**
   * What three or four planes are that are stored one after another and marked as red, green and blue: tifffile marks any
   * stack of so many slices like that. `auto` asks where tifffile wrote the file; by other programs, they are colours.
   */
  planes: PlanesReading;
}

/** Nothing is said about planes. */
export const plainPlanes: PlanesOptions = { planes: "auto" };

/** Returns an error message, or undefined if the option is valid. */
export function planesProblem({ planes }: PlanesOptions): string | undefined {
  if (["auto", "slices", "colours"].includes(planes)) return undefined;
  return `needs "auto", "slices" or "colours" for "planes", but was given ${JSON.stringify(planes)}.`;
}
