import type { OptionSpelling } from "@em-stellar/data";

/** How `evaluate` spells what its options say about the values of the truth, or of predictions. */
export function valueFlags(set: "truth" | "predictions"): OptionSpelling {
  const flag = set === "truth" ? "--truth-" : "--";
  return {
    labels: (values) => `${flag}labels ${values === "nonzero" ? values : values.slice(0, 6).join(",")}`,
    white: (value) => (value === "full" ? undefined : `${flag}white ${value}`),
    polarity: (value) => `${flag}polarity ${value}`,
    ignore: (value) => (set === "truth" ? `--truth-ignore ${value}` : undefined),
  };
}
