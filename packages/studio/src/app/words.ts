/** `9 s`, `3 min`, `1 h 02 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  if (whole < 3600) return `${Math.round(whole / 60)} min`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")} min`;
}

/** `417`, `13.7 thousand`, `31.0 million`. */
export function amount(number: number): string {
  if (number < 1e4) return String(number);
  if (number < 1e6) return `${(number / 1e3).toFixed(1)} thousand`;
  return `${(number / 1e6).toFixed(1)} million`;
}

/** `66 kB`, `11.9 MB`, `1.3 GB`. */
export function bytes(number: number): string {
  if (number < 1e6) return `${Math.ceil(number / 1e3)} kB`;
  return number < 1e9 ? `${(number / 1e6).toFixed(1)} MB` : `${(number / 1e9).toFixed(1)} GB`;
}

/** A score with three digits after the point. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : value.toFixed(3);
}

/** `1 fold`, `4 folds`. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
