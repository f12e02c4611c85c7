/** Three decimals for what lies between -10 and 10, as scores do; three significant digits beyond. */
export function formatScore(value: number): string {
  if (Math.abs(value) < 10) return value.toFixed(3);
  return Math.abs(value) < 1000 ? value.toPrecision(3) : formatCount(Math.round(value));
}

/** One decimal less than a score: the end of an axis. */
export function formatTick(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(2) : formatScore(value);
}

/** `0.890–0.931`, or one value where both print alike. */
export function formatRange(low: number, high: number): string {
  const from = formatScore(low);
  const to = formatScore(high);
  if (from === to) return from;
  return low < 0 ? `${from} to ${to}` : `${from}–${to}`;
}

/** Thousands set apart by a narrow space that does not break. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** `8.4 s`, `3 min 20 s`, `2 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** `31.0 M`, `7.8 k`. */
export function formatParameters(count: number): string {
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} M`;
  return count >= 1e4 ? `${(count / 1e3).toFixed(1)} k` : formatCount(count);
}

/** `12.4 %`. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent < 1 ? percent.toPrecision(2) : percent.toFixed(1)} %`;
}

/** `1 image`, `4 images`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The name cut to a length that charts have room for. */
export function shorten(name: string, most = 28): string {
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

/** A number that was measured or learnt: whole ones in full, others to three significant digits. */
export function formatLearnt(value: unknown): string {
  return typeof value === "number" && !Number.isInteger(value)
    ? String(Number(value.toPrecision(3)))
    : formatValue(value);
}

/** An option's value on one line. */
export function formatValue(value: unknown): string {
  if (value === null) return "off";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** `Mask turned over` for the code `mask-turned-over`. */
export function codeInWords(code: string): string {
  const words = code.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
