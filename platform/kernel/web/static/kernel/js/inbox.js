// A list that is worked through by keyboard: j and k move over rows and folded groups (Enter opens one), x ticks, a and r press the row's approve and return,
// "?" opens the help. "Tick the plain ones" ticks what the server marked as plain. Nothing here decides anything.

for (const list of document.querySelectorAll("[data-inbox]")) start(list);

function start(list) {
  // What is folded away is not walked through. Its boxes stay where they were, so the browser is asked whether it shows them.
  const rows = () =>
    [...list.querySelectorAll("[data-row], form .fold:not([open]) > summary")].filter((row) => row.checkVisibility?.() ?? row.offsetParent !== null);
  const boxes = () => [...list.querySelectorAll("[data-row] input[type=checkbox]")];
  const form = list.closest("form") ?? list;

  // Asked anew each time: a swap may have replaced what is inside of the list.
  function count() {
    const ticked = boxes().filter((box) => box.checked).length;
    for (const counter of form.querySelectorAll("[data-count]")) counter.textContent = String(ticked);
    for (const button of form.querySelectorAll("[data-needs-ticks]")) button.disabled = ticked === 0;
    // Only what this script makes work is shown: without it these controls stay hidden and the ticks are set by hand.
    for (const control of form.querySelectorAll("[data-tick][hidden], [data-keys-button][hidden]")) control.hidden = false;
  }

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(Math.max(here + step, 0), all.length - 1)] ?? all[0];
    if (!next.matches("summary")) next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  form.addEventListener("change", count);
  form.addEventListener("click", (event) => {
    const control = event.target.closest?.("[data-tick]");
    if (!control) return;
    for (const row of list.querySelectorAll("[data-row]")) {
      const box = row.querySelector("input[type=checkbox]");
      if (box && !box.disabled) box.checked = control.dataset.tick === "all" || (control.dataset.tick === "plain" && row.hasAttribute("data-plain"));
    }
    count();
    const ticked = boxes().filter((box) => box.checked).length;
    const word = document.querySelector("#words")?.dataset.chosen ?? "";
    document.dispatchEvent(new CustomEvent("kd:say", { detail: `${ticked} ${word}` }));
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.matches("input:not([type=checkbox]), textarea, select")) return;
    // The open one has the keys. One that has just closed has not, although the focus stays inside of it until the next drawing.
    if (document.querySelector("dialog[open]")) return;
    const row = rows().find((candidate) => candidate.contains(document.activeElement) && candidate.matches("[data-row]"));
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && row) row.querySelector("input[type=checkbox]:not(:disabled)")?.click();
    else if (event.key === "a" && row) row.querySelector("[data-approve]")?.click();
    else if (event.key === "r" && row) row.querySelector("[data-return]")?.click();
    else if (event.key === "?") document.querySelector("dialog[data-keys]")?.showModal();
    else return;
    event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", () => {
    count();
    // The pressed button is gone with the swap: the focus goes to what came in its place.
    if (document.activeElement === document.body) (list.querySelector("[data-focus]") ?? list.querySelector("[data-row] a"))?.focus();
  });
  count();
}
