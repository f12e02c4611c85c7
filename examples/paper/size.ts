/** How much computing an experiment may take; `PAPER_SIZE` chooses one. */
export type Size = "quick" | "half" | "paper";

const sizes: readonly string[] = ["quick", "half", "paper"] satisfies Size[];
const chosen = process.env.PAPER_SIZE ?? "quick";
if (!sizes.includes(chosen)) throw new Error(`There is no size "${chosen}". PAPER_SIZE may be ${sizes.join(", ")}.`);

export const size = chosen as Size;

/** One value for each size: `at({ quick: 96, half: 256, paper: 512 })`. */
export const at = <T>(values: Readonly<Record<Size, T>>): T => values[size];
