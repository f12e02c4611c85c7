import type { OptionSpelling } from "@em-stellar/data";

/** How an evaluation's options about the values of the truth, or of predictions, are spelled in messages. */
export function valueSpelling(set: "truth" | "predictions"): OptionSpelling {
  const [labels, white, polarity] =
    set === "truth" ? ["truthLabels", "truthWhite", "truthPolarity"] : ["labels", "white", "polarity"];
  return {
    labels: (values) => `\`${labels}: ${values === "nonzero" ? values : values.slice(0, 6).join(",")}\``,
    white: (value) => (value === "full" ? undefined : `\`${white}: ${value}\``),
    polarity: (value) => `\`${polarity}: ${value}\``,
    ignore: (value) => (set === "truth" ? `\`truthIgnore: ${value}\`` : undefined),
  };
}
