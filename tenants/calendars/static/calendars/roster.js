// The roster grid: shifts are painted into cells with mouse, finger or keyboard, and every stroke can be undone. What is
// painted goes to the server as drafts, stroke by stroke; the answer says what the row is then, with its conflicts.
// Without this file each name leads to that person's month as a form.

const root = document.querySelector("[data-roster]");
const grid = root?.querySelector("[data-grid]");
const words = root?.dataset ?? {};
const undoButton = root?.querySelector("[data-undo]");
const say = (text) => document.dispatchEvent(new CustomEvent("kd:say", { detail: text }));

// What a stroke changed, the newest last: lists of {cell, before, after} with the cell's former `text` and `classes`.
const strokes = [];
let stroke = null;
let sending = Promise.resolve();

const brush = () => root.querySelector("[data-brushes] input:checked")?.value ?? "";
const cellAt = (target) => (target instanceof Element ? target.closest("[data-date]") : null);
const personOf = (cell) => cell.closest("[data-person]").dataset.person;

// Painting ----------------------------------------------------------------------------------------------------------

/** Put a value into a cell as part of the running stroke. */
function paint(cell, value) {
  if (!stroke || cell.dataset.value === value) return;
  const known = stroke.find((change) => change.cell === cell);
  if (known) known.after = value;
  else stroke.push({ cell, before: cell.dataset.value, after: value, text: cell.textContent, classes: cell.className });
  show(cell, value);
}

/** The cell as it will be, until the server has said it. */
function show(cell, value) {
  cell.dataset.value = value;
  cell.classList.toggle("is-own", value !== "");
  cell.classList.add("is-draft");
  cell.textContent = value === "-" ? "" : value;
}

/** The cells as they were before the stroke. */
function restore(changes) {
  for (const { cell, before, text, classes } of changes) {
    cell.dataset.value = before;
    cell.textContent = text;
    cell.className = classes;
  }
}

function begin() {
  stroke = [];
}

/** The stroke is over: keep it for undo and send it. */
function end() {
  const done = stroke ?? [];
  stroke = null;
  if (!done.length) return;
  strokes.push(done);
  undoButton.disabled = false;
  send(done.map(({ cell, after }) => ({ cell, value: after })), done, words.saved);
}

function undo() {
  const last = strokes.pop();
  undoButton.disabled = !strokes.length;
  if (!last) return;
  for (const { cell, before } of last) show(cell, before);
  send(last.map(({ cell, before }) => ({ cell, value: before })), null, words.undone);
}

// Sending -----------------------------------------------------------------------------------------------------------

/** Send changes after those that are on their way, so that the last one wins on the server too. */
function send(changes, done, told) {
  sending = sending.then(() => post(changes, done, told));
}

async function post(changes, done, told) {
  const cells = changes.map(({ cell, value }) => ({ person: personOf(cell), date: cell.dataset.date, value }));
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(words.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ unit: words.unit, month: words.month, pattern: words.pattern, cells }),
    });
    const found = await answer.json();
    if (!answer.ok) throw new Error(found.detail ?? "");
    for (const row of found.rows) showRow(row);
    count();
    say(told);
  } catch (error) {
    // What was not kept must not look as if it were.
    if (done) {
      restore(done);
      const at = strokes.indexOf(done);
      if (at >= 0) strokes.splice(at, 1);
      undoButton.disabled = !strokes.length;
    }
    say(error instanceof TypeError || error instanceof SyntaxError || !error.message ? words.failed : error.message);
  }
}

function showRow(row) {
  const line = grid.querySelector(`[data-person="${row.person}"]`);
  line.querySelector("[data-hours]").textContent = row.hours;
  for (const found of row.cells) {
    const cell = line.querySelector(`[data-date="${found.date}"]`);
    cell.dataset.value = found.value;
    cell.textContent = found.text;
    cell.title = found.problem ? `${found.hint}: ${found.problem}` : found.hint;
    cell.classList.toggle("is-own", found.value !== "");
    cell.classList.toggle("is-draft", found.draft);
    cell.classList.toggle("is-wrong", found.problem !== "");
    label(cell);
  }
}

/** What a screen reader says of the cell. */
function label(cell) {
  const name = cell.closest("[data-person]").querySelector("th").textContent;
  cell.setAttribute("aria-label", `${name}, ${cell.dataset.date.slice(8)}, ${cell.textContent.trim()} ${cell.title}`);
}

function count() {
  document.querySelector("[data-drafts]").textContent = grid.querySelectorAll(".is-draft").length;
  document.querySelector("[data-problems]").textContent = grid.querySelectorAll(".is-wrong").length;
}

// Mouse and finger --------------------------------------------------------------------------------------------------

function listen() {
  grid.addEventListener("pointerdown", (event) => {
    const cell = cellAt(event.target);
    if (!cell || event.button) return;
    focus(cell);
    begin();
    paint(cell, brush());
    // A finger that is held captures the cell it began on; the others must hear of it too.
    cell.releasePointerCapture?.(event.pointerId);
    event.preventDefault();
  });
  grid.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    const cell = cellAt(document.elementFromPoint(event.clientX, event.clientY));
    if (cell && grid.contains(cell)) paint(cell, brush());
  });
  document.addEventListener("pointerup", end);
  // The browser took the finger for scrolling: what was touched so far was not meant.
  document.addEventListener("pointercancel", () => {
    restore(stroke ?? []);
    stroke = null;
  });
  grid.addEventListener("keydown", key);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.closest?.("input[type=text], select, textarea")) {
      event.preventDefault();
      undo();
    }
  });
  undoButton.addEventListener("click", undo);
}

// Keyboard ----------------------------------------------------------------------------------------------------------

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** One cell of the grid is reached by Tab, the others by arrows. */
function focus(cell) {
  for (const other of grid.querySelectorAll('[data-date][tabindex="0"]')) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.focus({ preventScroll: false });
}

function key(event) {
  const cell = cellAt(event.target);
  if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = STEPS[event.key];
  if (step) {
    event.preventDefault();
    const lines = [...grid.querySelectorAll("[data-person]")];
    const line = lines[lines.indexOf(cell.closest("[data-person]")) + step[0]];
    const at = [...cell.parentElement.querySelectorAll("[data-date]")].indexOf(cell) + step[1];
    const next = line?.querySelectorAll("[data-date]")[at];
    if (!next) return;
    if (event.shiftKey) {
      begin();
      paint(next, brush());
      end();
    }
    focus(next);
    return;
  }
  const value = typed(event.key);
  if (value === null) return;
  event.preventDefault();
  begin();
  paint(cell, value);
  end();
}

/** What a key puts into the cell, or null. */
function typed(name) {
  if (name === "Enter" || name === " ") return brush();
  if (name === "Delete" || name === "Backspace") return "";
  if (name === "-") return "-";
  const codes = [...root.querySelectorAll("[data-brushes] input")].map((input) => input.value);
  const letter = name.toUpperCase();
  return codes.find((code) => code === letter) ?? (letter.length === 1 ? codes.find((code) => code.length > 1 && code.startsWith(letter)) : null) ?? null;
}

if (root && grid) {
  for (const hidden of root.querySelectorAll("[data-brushes], [data-brushes-help]")) hidden.hidden = false;
  grid.setAttribute("role", "grid");
  for (const cell of grid.querySelectorAll("[data-date]")) {
    cell.tabIndex = -1;
    cell.setAttribute("role", "gridcell");
    // What the hidden words say stands in the label from here on.
    for (const hidden of cell.querySelectorAll(".sr-only")) hidden.remove();
    label(cell);
  }
  const first = grid.querySelector("[data-date]");
  if (first) first.tabIndex = 0;
  listen();
}
