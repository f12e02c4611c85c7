/** The last things that went wrong in this page, for whoever is asked about them. */
const noted: { readonly time: string; readonly message: string }[] = [];
const most = 20;

export function noteError(message: string): void {
  noted.push({ time: new Date().toISOString(), message });
  if (noted.length > most) noted.shift();
}

export function lastErrors(): readonly { readonly time: string; readonly message: string }[] {
  return noted;
}

/** Notes what nobody catches. */
export function watchErrors(): void {
  addEventListener("error", ({ message }) => noteError(message));
  addEventListener("unhandledrejection", ({ reason }) => {
    noteError(reason instanceof Error ? reason.message : String(reason));
  });
}
