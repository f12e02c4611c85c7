import type { Device, Reason } from "@em-stellar/core/training";

const gpus = ["cuda", "webgpu"];

/**
 * Why a command is on this device: what `auto` would have preferred. No lines where nothing was preferred or the device was
 * named. `doing` is what it does there.
 */
export function deviceLines(
  { backend, reasons = [] }: Device,
  doing: "training" | "predicting" | "computing" = "training",
): string[] {
  const failed = reasons.filter(({ status }) => status === "failed");
  const notes = (about: readonly Reason[]) =>
    about.map(({ backend, problem, remedy }) => `! Not on ${backend}: ${problem} ${remedy}`.trimEnd());
  if (gpus.includes(backend)) {
    const missing = reasons.filter(({ status }) => status === "missing").map(({ backend }) => backend);
    const list = missing.join(missing.length > 2 ? ", " : " and ");
    const without = `· On ${backend}. Not installed: ${list}. \`em-stellar doctor\` shows what each needs.`;
    return [...notes(failed), ...(missing.length > 0 ? [without] : [])];
  }
  const others = notes(failed.filter(({ backend }) => !gpus.includes(backend)));
  const ofGpus = reasons.filter(({ backend }) => gpus.includes(backend));
  if (ofGpus.length === 0) return others;
  const slower = `${doing} on the processor, which is slower.`;
  const broken = ofGpus.find(({ status, problem }) => status === "failed" && !problem.includes("no GPU"));
  return broken
    ? [...others, `! The GPU cannot be used: ${slower} ${broken.backend}: ${broken.problem} ${broken.remedy}`.trimEnd()]
    : [...others, `· No GPU found: ${slower} \`em-stellar doctor\` shows how to use one.`];
}
