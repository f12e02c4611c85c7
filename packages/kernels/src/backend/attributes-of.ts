import type { NamedAttrMap } from "@tensorflow/tfjs-core";

/** The attributes that a kernel was called with, as the type that its documentation names. */
export function attributesOf<Attributes>(attrs: NamedAttrMap | undefined): Attributes {
  return attrs as unknown as Attributes; // tfjs types them as a map of everything that any kernel takes
}
