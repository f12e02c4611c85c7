import type { ImagePage } from "@em-stellar/core";

/** What a file's header says about how its numbers are shown. */
export interface Shown {
  /** Decoding turned the numbers over, because the file says that 0 is white. */
  readonly isInverted?: boolean;
  /** The program that wrote the file, in its own words. */
  readonly software?: string;
}

/** What a page's header says of it, without what it says of sizes and types. */
export function shownOf({ isInverted, software }: ImagePage): Shown {
  return { ...(isInverted && { isInverted }), ...(software !== undefined && { software }) };
}
