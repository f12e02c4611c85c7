const tried = "em-stellar-isolated";

/**
 * Sees to the headers that threads need, where the server sends none: a service worker adds them, and the page is loaded again
 * once. Tells whether it is about to be. Where the browser has no service workers, the page goes on with one thread.
 */
export async function isolate(): Promise<boolean> {
  if (crossOriginIsolated || !isSecureContext || !("serviceWorker" in navigator)) return false;
  try {
    await navigator.serviceWorker.register("service-worker.js");
    await navigator.serviceWorker.ready;
    // Once: a server or a browser that does not want this would load the page for ever.
    if (sessionStorage.getItem(tried) !== null) return false;
    sessionStorage.setItem(tried, "yes");
    location.reload();
    return true;
  } catch {
    return false; // site data are blocked
  }
}
