/** What the page does where scripts run: sorting the ranking, and the slider between truth and prediction. Nothing is lost without it. */
export const script = `
for (const table of document.querySelectorAll("table.scores")) {
  const heads = [...table.tHead.rows[0].cells];
  const reading = () => (document.getElementById("reading-best")?.checked ? "best" : "mean");
  let sorted = { column: 2, descending: heads[2] && heads[2].dataset.goal !== "minimize" };
  const sort = () => {
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => !row.classList.contains("divider"));
      const value = (row) => row.cells[sorted.column].dataset[reading()];
      rows.sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        if (x === "" || y === "") return (x === "") - (y === "");
        const [whole, part] = [a, b].map((row) => Number(reading() === "mean" ? (row.cells[sorted.column].dataset.share ?? 1) : 1));
        if (whole !== part) return part - whole;
        return sorted.descending ? y - x : x - y;
      });
      body.append(...rows);
    }
    heads.forEach((head, i) => {
      if (i === sorted.column) head.setAttribute("aria-sort", sorted.descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  };
  heads.forEach((head, column) => {
    head.querySelector("button")?.addEventListener("click", () => {
      const bestFirst = head.dataset.goal !== "minimize";
      sorted = { column, descending: sorted.column === column ? !sorted.descending : bestFirst };
      sort();
    });
  });
  for (const input of document.getElementsByName("reading")) input.addEventListener("change", sort);
  if (heads.length > 2 && !("inOrder" in table.dataset)) sort();
}
for (const box of document.querySelectorAll(".compare")) {
  const [slider, choice, line, left, right, overlay] = [
    ".slider", "select", ".line", ".left rect", ".right rect", ".overlay",
  ].map((selector) => box.querySelector(selector));
  const width = Number(box.dataset.width);
  const move = () => {
    const at = (slider.value / 100) * width;
    left.setAttribute("width", at);
    right.setAttribute("x", at);
    line.setAttribute("x1", at);
    line.setAttribute("x2", at);
  };
  const show = () => overlay.setAttribute("href", "#" + choice.value);
  slider.addEventListener("input", move);
  choice.addEventListener("change", show);
  const picture = box.querySelector("svg");
  const drag = (event) => {
    if (event.type === "pointermove" && event.buttons === 0) return;
    const { left: from, width: across } = picture.getBoundingClientRect();
    slider.value = ((event.clientX - from) / across) * 100;
    move();
  };
  picture.addEventListener("pointerdown", drag);
  picture.addEventListener("pointermove", drag);
  for (const figure of box.closest(".case").querySelectorAll("figure[data-overlay]")) {
    figure.querySelector("svg").addEventListener("click", () => {
      choice.value = figure.dataset.overlay;
      show();
    });
  }
  box.hidden = false;
  move();
}
if (location.protocol === "file:") {
  // The run folder lies where this page says: commands name it in full.
  const path = decodeURIComponent(new URL((document.body.dataset.folder ?? "..") + "/", location.href).pathname);
  const folder = path.replace(/^[/](?=[A-Za-z]:)/, "").replace(/(.)[/]$/, "$1");
  const quote = (text) => (/^[A-Za-z0-9_.:/-]+$/.test(text) ? text : '"' + text + '"');
  for (const place of document.querySelectorAll(".run-folder")) {
    place.textContent = quote(folder + (place.dataset.within ?? ""));
  }
}
// Paper shows what is folded, then it is folded again.
let unfolded = [];
addEventListener("beforeprint", () => {
  unfolded = [...document.querySelectorAll("details:not([open])")];
  for (const part of unfolded) part.open = true;
});
addEventListener("afterprint", () => {
  for (const part of unfolded) part.open = false;
});
for (const button of document.querySelectorAll("button.copy")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.of).textContent);
    button.textContent = "Copied";
  });
}
`;
