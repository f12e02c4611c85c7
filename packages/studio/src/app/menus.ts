/** Closes menus by Escape, which gives the focus back to the menu's button, and by a click elsewhere. */
export function watchMenus(): void {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const inside = event.target instanceof Element ? event.target.closest<HTMLDetailsElement>(menus) : null;
    const open = inside?.open ? inside : openMenus()[0];
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
  addEventListener("pointerdown", ({ target }) => {
    for (const menu of openMenus()) if (target instanceof Node && !menu.contains(target)) menu.open = false;
  });
}

const menus = "details.badge, details.menu";

function openMenus(): HTMLDetailsElement[] {
  return [...document.querySelectorAll<HTMLDetailsElement>(menus)].filter(({ open }) => open);
}
