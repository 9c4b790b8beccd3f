// The rule editor's rows: adding and removing one without asking the server, which does the same without script.
// Whatever is typed or picked is sent to the server by htmx; nothing is computed here.

const form = document.querySelector("#ubah");
let next = Date.now() % 100000;

/** Tell the form that it has changed, as typing would. */
function changed(element) {
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

/** A copy of the table's blank row under a number of its own. */
function newRow(name) {
  const template = form.querySelector(`template[data-row="${CSS.escape(name)}"]`);
  const row = template.content.firstElementChild.cloneNode(true);
  next += 1;
  const number = String(100000 + (next % 899999));
  for (const element of [row, ...row.querySelectorAll("*")]) {
    for (const attribute of ["id", "name", "for", "value", "aria-describedby"]) {
      const value = element.getAttribute(attribute);
      if (value?.includes("__n__")) element.setAttribute(attribute, value.replaceAll("__n__", number));
    }
  }
  return row;
}

form?.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add]");
  const dropper = event.target.closest("[data-drop]");
  if (adder) {
    event.preventDefault();
    const rows = form.querySelector(`[data-rows="${CSS.escape(adder.dataset.add)}"]`);
    const row = newRow(adder.dataset.add);
    rows.append(row);
    row.querySelector("input, select, textarea")?.focus();
    changed(rows);
  } else if (dropper) {
    event.preventDefault();
    const rows = dropper.closest("[data-rows]");
    const row = dropper.closest("[data-line]");
    const beside = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (beside?.querySelector("[data-drop]") ?? form.querySelector(`[data-add="${CSS.escape(rows.dataset.rows)}"]`))?.focus();
    changed(rows);
  }
});

// Another way of computing has other fields: the button that asks for them is pressed for the person.
form?.addEventListener("change", (event) => {
  const variant = event.target.closest("[data-variant]");
  if (variant) form.requestSubmit(variant.parentElement.querySelector("[data-switch]"));
});

// On a small screen the list of rules would stand between the person and the form.
if (window.matchMedia("(max-width: 63.99rem)").matches) {
  const tree = document.querySelector("[data-tree]");
  if (tree) tree.open = false;
}
