/** Names that a sentence lists before it only counts the others. */
const mostNames = 6;

/** What became of a comparison with the leader. */
export interface Compared {
  readonly method: string;
  /** `null`: does not differ significantly from the leader. */
  readonly better: "leader" | "method" | null;
}

/** `a leads; b cannot be told apart from it; c and d do worse`. `most` says on what the pooled score and the test disagree: `images`. */
export function comparedWithLeader(leader: string, others: readonly Compared[], most: string): string {
  const named = (better: Compared["better"]) =>
    others.filter((other) => other.better === better).map(({ method }) => method);
  const [equal, worse, contrary] = [named(null), named("leader"), named("method")];
  const all = (names: readonly string[]) => names.length === others.length && names.length > 1;
  return [
    `${leader} leads`,
    all(equal) && "no other method can be told apart from it",
    !all(equal) && equal.length > 0 && `${listed(equal)} cannot be told apart from it`,
    all(worse) && "every other method does worse",
    !all(worse) && worse.length > 0 && `${listed(worse)} ${verb(worse)} worse`,
    contrary.length > 0 &&
      `${listed(contrary)} ${verb(contrary)} better on most ${most}, though not over all of them together`,
  ]
    .filter((clause) => clause !== false)
    .join("; ");
}

/** `two-sided signed-rank tests, Holm-corrected for 3 comparisons, level 0.05`. */
export function testName(comparisons: number, level: number): string {
  const correction = comparisons === 1 ? "" : `s, Holm-corrected for ${comparisons} comparisons`;
  return `two-sided signed-rank test${correction}, level ${alphaOf(level)}`;
}

const words = "no one two three four five six seven eight nine ten eleven twelve".split(" ");

/** `six` for 6; figures above twelve. */
export function inWords(count: number): string {
  return words[count] ?? String(count);
}

/** The text with a capital letter at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** 0.05 for 0.95. */
export function alphaOf(level: number): number {
  return Number((1 - level).toPrecision(6));
}

function verb(subjects: readonly string[]): string {
  return subjects.length === 1 ? "does" : "do";
}

/** `a`, `a and b`, `a, b and c`; of many, the first and a count. */
function listed(names: readonly string[]): string {
  const shown = names.length > mostNames ? names.slice(0, mostNames - 1) : names;
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} others`] : shown;
  return parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}
