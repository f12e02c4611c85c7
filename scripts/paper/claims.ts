import { bestFoldGains, clearlyAbove, leaderBy, range, ranked, score, scoreOf, spread, testScores } from "./compare.js";
import { type MethodSummary, mean, type Summary } from "./summary.js";

type Verdict = "holds" | "does not hold" | "cannot be told at this size";

/** What the results say about a claim. */
interface Finding {
  readonly saw: string;
  readonly verdict: Verdict;
}

/** Summaries by the name of the suite in examples/paper, of those that have been run. */
export type Runs = Readonly<Record<string, Summary | undefined>>;

/** A sentence of the paper and the suites that test it. */
export interface Claim {
  readonly claim: string;
  readonly suites: readonly string[];
  /** Undefined where the runs that it takes are missing. */
  readonly judge: (runs: Runs) => Finding | undefined;
}

const cardiac = "networks-cardiac";
const habenula = "networks-habenula";
/** The validation scores of the paper. */
const compared = ["loss", "accuracy", "auc-roc", "f1", "jaccard"];
const untold = "cannot be told at this size" as const;

export const claims: readonly Claim[] = [
  {
    claim: "No one network is the best on all data sets and by all metrics.",
    suites: [cardiac, habenula],
    judge: ({ [cardiac]: small, [habenula]: large }) => {
      const leaders = [small, large].flatMap((run) => {
        const best = run && leaderBy(run, run.rankedBy);
        if (!run || !best) return [];
        const names = new Set(run.metrics.flatMap(({ id }) => leaderBy(run, id)?.name ?? []));
        return [{ run, best, names: [...names] }];
      });
      if (leaders.length === 0) return undefined;
      const [first, second] = leaders;
      const saw = leaders
        .map(
          ({ run, best, names }) =>
            `${run.suite}: by Jaccard ${method(best)}; the best by one of ${run.metrics.length} metrics: ${names.join(", ")}`,
        )
        .join(". ");
      // Another leader on the other data set counts where the first data set tells the two apart.
      const there = second && first?.run.methods.find(({ name }) => name === second.best.name);
      if (!first || !second || !there) return { saw, verdict: untold };
      if (first.best.name === second.best.name) return { saw, verdict: "does not hold" };
      return { saw, verdict: clearlyAbove(first.best, there) ? "holds" : untold };
    },
  },
  {
    claim: "EM-net V1 2X is the one for small data sets; U-net BN and EM-net V2 4X are for large ones.",
    suites: ["training-images"],
    judge: ({ "training-images": run }) => {
      if (!run) return undefined;
      const counts = run.methods.flatMap(({ trainingImages }) => trainingImages ?? []);
      const at = (images: number) => ranked(run, "network").filter(({ trainingImages }) => trainingImages === images);
      const [few, many] = [at(Math.min(...counts)), at(Math.max(...counts))];
      const saw = [few, many].map((methods) => methods.map(method).join(", ")).join(". ");
      const isSmall = ({ name }: MethodSummary) => name.startsWith("em-net-v1-2x");
      const [smallFew, smallMany] = [few.find(isSmall), many.find(isSmall)];
      if (!smallFew || !smallMany) return undefined;
      const wins = few.every((other) => other === smallFew || clearlyAbove(smallFew, other));
      const loses = many.every((other) => other === smallMany || clearlyAbove(other, smallMany));
      if (wins && loses) return { saw, verdict: "holds" };
      const reversed =
        few.some((other) => clearlyAbove(other, smallFew)) || many.some((other) => clearlyAbove(smallMany, other));
      return { saw, verdict: reversed ? "does not hold" : untold };
    },
  },
  {
    claim: "Where classes are unbalanced, focal loss is better than binary cross-entropy.",
    suites: ["losses-habenula"],
    judge: ({ "losses-habenula": run }) => run && oneAboveOthers(run, "+focal", "+binary-cross-entropy"),
  },
  {
    claim: "The Jaccard-log loss on validation images chooses better weights than the other losses do.",
    suites: ["losses-cardiac", "losses-habenula"],
    judge: ({ "losses-cardiac": first, "losses-habenula": second }) => {
      const findings = [first, second].flatMap((run) => (run && oneAboveOthers(run, "+jaccard-log", "+")) ?? []);
      if (findings.length === 0) return undefined;
      const verdicts = [...new Set(findings.map(({ verdict }) => verdict))];
      const [only = untold] = verdicts;
      return { saw: findings.map(({ saw }) => saw).join(". "), verdict: verdicts.length === 1 ? only : untold };
    },
  },
  {
    claim: "F1 and Jaccard on validation images predict the test score; AUC-ROC and accuracy do not.",
    suites: [cardiac, habenula],
    judge: (runs) => {
      const known = [runs[cardiac], runs[habenula]].flatMap((run) =>
        run?.criteria.some(({ interval }) => interval !== null) ? [run] : [],
      );
      if (known.length === 0) return undefined;
      const saw = known
        .map(
          ({ suite, criteria }) =>
            `Rank correlation with the test Jaccard, ${suite}: ${criteria
              .filter(({ criterion }) => compared.includes(criterion))
              .map(
                ({ criterion, correlation, interval }) =>
                  `${criterion} ${score(correlation)}${interval ? ` (${range(interval)})` : ""}`,
              )
              .join(", ")}`,
        )
        .join(". ");
      const above = (id: string) =>
        known.map(({ criteria }) => (criteria.find(({ criterion }) => criterion === id)?.interval?.[0] ?? 0) > 0);
      const predicts = (id: string) => above(id).every(Boolean);
      if (above("auc-roc").some(Boolean) || above("accuracy").some(Boolean)) return { saw, verdict: "does not hold" };
      return { saw, verdict: predicts("f1") && predicts("jaccard") ? "holds" : untold };
    },
  },
  {
    claim: "RAdam is less sensitive to the learning rate than Adam and stochastic gradient descent.",
    suites: ["optimizers"],
    judge: ({ optimizers: run }) => {
      if (!run) return undefined;
      const widths = ["radam", "adam", "sgd"].map((id) => {
        const scores = ranked(run, "network")
          .filter(({ name }) => name.includes(`+${id}`))
          .map((each) => scoreOf(each, run));
        return {
          id,
          low: Math.min(...scores),
          high: Math.max(...scores),
          width: Math.max(...scores) - Math.min(...scores),
        };
      });
      const [radam, ...others] = widths;
      if (!radam || widths.some(({ width }) => !Number.isFinite(width))) return undefined;
      const saw = `Mean Jaccard over a hundredfold range of rates: ${widths.map(({ id, low, high }) => `${id} ${range([low, high])}`).join(", ")}`;
      const least = Math.min(...others.map(({ width }) => width));
      // What trainings of one setting differ by among themselves.
      const luck = mean(
        ranked(run, "network").map((each) => Math.max(...testScores(each)) - Math.min(...testScores(each))),
      );
      if (Math.abs(radam.width - least) <= luck) return { saw, verdict: untold };
      return { saw, verdict: radam.width < least ? "holds" : "does not hold" };
    },
  },
  {
    claim: "Larger batches give better segmentations.",
    suites: ["batch-sizes"],
    judge: ({ "batch-sizes": run }) => {
      const bySize = run?.methods
        .filter(({ name, batchSize }) => batchSize !== undefined && !name.endsWith("-fewer-steps"))
        .toSorted((a, b) => (a.batchSize ?? 0) - (b.batchSize ?? 0));
      const [smallest, largest] = [bySize?.[0], bySize?.at(-1)];
      if (!run || !smallest || !largest || smallest === largest) return undefined;
      const same = run.methods.filter(({ name }) => name.endsWith("-fewer-steps"));
      const saw = `At the same number of steps: ${bySize?.map(method).join(", ")}. At as many patches as the smallest batch: ${same.map(method).join(", ")}`;
      return { saw, verdict: comparison(largest, smallest) };
    },
  },
  {
    claim: "An ensemble of networks is better than any one of them.",
    suites: [cardiac, habenula],
    judge: (runs) => {
      const pairs = [runs[cardiac], runs[habenula]].flatMap((run) => {
        const [ensemble, network] = run ? [ranked(run, "ensemble")[0], ranked(run, "network")[0]] : [];
        return run && ensemble && network ? [{ run, ensemble, network }] : [];
      });
      if (pairs.length === 0) return undefined;
      const saw = pairs
        .map(({ run, ensemble, network }) => `${run.suite}: ${withInterval(ensemble)} against ${withInterval(network)}`)
        .join(". ");
      const all = (is: (pair: (typeof pairs)[0]) => boolean) => pairs.every(is);
      const above = (a: MethodSummary, b: MethodSummary) =>
        mean(testScores(a)) > mean(testScores(b)) && b.toldFromLeader === true;
      if (all(({ ensemble, network }) => above(ensemble, network))) return { saw, verdict: "holds" };
      if (all(({ ensemble, network }) => above(network, ensemble))) return { saw, verdict: "does not hold" };
      return { saw, verdict: untold };
    },
  },
];

/** A network's best fold, as the paper reports, beside the mean over its folds. */
export function bestFoldSentence(run: Summary): string {
  const gains = bestFoldGains(run);
  if (gains.length === 0) return `${run.suite}: no network was trained on two folds.`;
  const most = gains.toSorted((a, b) => b.gain - a.gain)[0];
  return `${run.suite}: the best fold lies ${score(mean(gains.map(({ gain }) => gain)))} above the mean of the folds on average, and ${score(most?.gain)} for ${most?.name}.`;
}

/** Whether the method whose name ends with one loss is above those with others. */
function oneAboveOthers(run: Summary, one: string, others: string): Finding | undefined {
  const methods = ranked(run, "network");
  const chosen = methods.find(({ name }) => name.endsWith(one));
  const rest = methods.filter(({ name }) => name !== chosen?.name && name.includes(others));
  if (!chosen || rest.length === 0) return undefined;
  const saw = `${run.suite}: ${[chosen, ...rest].map(method).join(", ")}`;
  const verdicts = rest.map((other) => comparison(chosen, other));
  if (verdicts.every((verdict) => verdict === "holds")) return { saw, verdict: "holds" };
  return { saw, verdict: verdicts.includes("does not hold") ? "does not hold" : untold };
}

/** Is the first above the second? */
function comparison(a: MethodSummary, b: MethodSummary): Verdict {
  if (clearlyAbove(a, b)) return "holds";
  return clearlyAbove(b, a) ? "does not hold" : untold;
}

/** `unet-bn .912 (.890 to .931)`: mean and range of the trainings. */
function method(each: MethodSummary): string {
  const of = testScores(each).length === 1 ? "one training" : spread(each);
  return `${each.name} ${score(mean(testScores(each)))} (${of})`;
}

/** `average .912 (interval .890 to .931)`. */
function withInterval(each: MethodSummary): string {
  const { name, interval } = each;
  return `${name} ${score(mean(testScores(each)))}${interval ? ` (interval ${range(interval)})` : ""}`;
}
