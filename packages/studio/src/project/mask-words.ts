/** How the screen Data calls each way to read the values of masks. */
export const maskWords = {
  auto: "Found out from the values",
  nonzero: "Every value except 0 is the object (numbered objects, too)",
  white: "0 is background, white is the object, greys between are in doubt",
  black: "0 is the object, everything else background",
  values: "These values are the object:",
} as const;

/** What it calls the two ways to read files that store white as 0. */
export const polarityWords = {
  "as-shown": "what is shown white is the object",
  "as-stored": "what is stored as not 0 is the object",
} as const;

export const ignoredWords = "Value of pixels that nobody has judged";
