import { signal } from "@preact/signals";
import { type Route, routes } from "./routes.js";

/** The screen that the address names. */
export const route = signal<Route>(routeOf(location.hash));

addEventListener("hashchange", () => {
  route.value = routeOf(location.hash);
});

/** `#/data` → the screen Data; the first screen for an address that names none. */
function routeOf(hash: string): Route {
  const path = hash.replace(/^#\/?/, "").split("?")[0];
  return routes.find(({ id }) => id === path) ?? routes[0];
}
