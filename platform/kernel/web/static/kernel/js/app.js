// What every page shares: live region, dialogs, confirmation, menus, theme, and care for what was typed.
// Every page works without this file. Words come from the page (components/words.html), so there are none here.

const words = document.querySelector("#words")?.dataset ?? {};
const live = document.querySelector("#live");

// Live region ------------------------------------------------------------------------------------------------------

/** Show a line in the live region; a screen reader speaks it. Other modules send `kd:say` with the text as detail. */
function say(text) {
  const template = document.querySelector("#toast");
  if (!live || !template || !text) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("p").textContent = text;
  live.replaceChildren(toast);
}
document.addEventListener("kd:say", (event) => say(event.detail));

function showDismissButtons() {
  for (const button of document.querySelectorAll("[data-dismiss][hidden]")) button.hidden = false;
  for (const button of document.querySelectorAll("[data-print][hidden]")) button.hidden = false;
}
showDismissButtons();

// Dialogs ----------------------------------------------------------------------------------------------------------

const shared = document.querySelector("#dialog");
const sharedBody = document.querySelector("#dialog-body");

const openers = new WeakMap();

/** Open a dialog and remember what it was opened with. */
function open(dialog, opener) {
  if (opener) openers.set(dialog, opener);
  dialog.showModal();
}

// The browser gives the focus back to what had it. A tapped button has it not in every browser: then it is lost, or stays
// inside of what is closed now.
document.addEventListener(
  "close",
  (event) => {
    const dialog = event.target;
    const opener = openers.get(dialog);
    if (dialog.open) return;
    openers.delete(dialog);
    const isLost = () => document.activeElement === document.body || dialog.contains(document.activeElement);
    if (isLost()) opener?.focus();
    if (isLost()) document.activeElement.blur();
  },
  true,
);

let answer = null;

/** Ask before a form with `data-confirm` is sent; resolves to true for yes. */
function ask(question, yes, danger, opener) {
  // The answer to the question before, when its dialog has closed and has not yet told so.
  answer?.(!shared.open && shared.returnValue === "yes");
  const content = document.querySelector("#confirm").content.cloneNode(true);
  content.querySelector("[data-question]").textContent = question;
  const button = content.querySelector("[data-yes]");
  if (yes) button.textContent = yes;
  if (danger) button.classList.add("button--danger");
  sharedBody.replaceChildren(content);
  shared.returnValue = "";
  open(shared, opener);
  return new Promise((resolve) => {
    answer = resolve;
  });
}

shared?.addEventListener("close", () => {
  if (shared.open) return;
  answer?.(shared.returnValue === "yes");
  answer = null;
});

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return;
  const opener = target.closest("[data-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.open);
    if (dialog) open(dialog, opener);
  } else if (target.closest("[data-close]")) {
    const dialog = target.closest("dialog");
    if (dialog) {
      event.preventDefault();
      dialog.close();
    }
  } else if (target.closest("[data-dismiss]")) {
    target.closest("[data-toast]")?.remove();
  } else if (target.closest("[data-print]")) {
    window.print();
  } else if (target instanceof HTMLDialogElement) {
    // A click on the veil has the dialog itself as target and lies outside of its box.
    const box = target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) target.close();
  }
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details[data-menu][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (location.hash === "#menu") {
    location.hash = "#isi";
  }
});

// Forms ------------------------------------------------------------------------------------------------------------

const sent = new WeakSet();
const dirty = new Set();
const REACH_MS = 15_000;

/** Whether the server answers. A form that the browser itself sends without a network is lost with all that was typed. */
async function reaches() {
  try {
    return (await fetch("/livez", { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(REACH_MS) })).ok;
  } catch {
    return false;
  }
}

/** Send a form with much typing in it once the server answers; until then it stays as it is. */
async function sendWhenReached(form, submitter) {
  if (!(await reaches())) {
    ready(form);
    say(words.offline);
    return;
  }
  sent.delete(form);
  form.dataset.reached = form.dataset.confirmed = "1";
  form.requestSubmit(submitter);
  delete form.dataset.reached;
  delete form.dataset.confirmed;
  // Not sent after all: something in it has become invalid meanwhile.
  if (!sent.has(form)) ready(form);
}

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-keep")) dirty.add(form);
});

// Capture, so that the question comes before htmx or another module takes the submit.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
    if (question && !form.dataset.confirmed) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      const source = submitter?.dataset.confirm ? submitter : form;
      ask(question, source.dataset.confirmYes, source.hasAttribute("data-danger"), submitter).then((yes) => {
        if (!yes) return;
        form.dataset.confirmed = "1";
        form.requestSubmit(submitter);
        delete form.dataset.confirmed;
      });
      return;
    }
    if (form.hasAttribute("data-once")) {
      if (sent.has(form)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      sent.add(form);
      event.submitter?.setAttribute("aria-busy", "true");
      if (form.hasAttribute("data-keep") && !form.hasAttribute("hx-post") && !form.dataset.reached) {
        event.preventDefault();
        event.stopImmediatePropagation();
        sendWhenReached(form, event.submitter);
        return;
      }
    }
    dirty.delete(form);
  },
  true,
);

function ready(form) {
  sent.delete(form);
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

// A page that comes back from the browser's memory must be usable again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) ready(form);
});

window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size) event.preventDefault();
});

// Errors of a form sent without htmx: the summary is where the person should be.
document.querySelector("[data-errors]")?.focus();

// Theme ------------------------------------------------------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-theme-form") || !event.submitter) return;
  event.preventDefault();
  const { value } = event.submitter;
  const body = new FormData(form, event.submitter);
  if (value) document.documentElement.dataset.theme = value;
  else delete document.documentElement.dataset.theme;
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
  fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => say(words.offline));
});

// htmx -------------------------------------------------------------------------------------------------------------

// A refusal that carries the list as it stands now takes the list's place like a success.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.xhr.getResponseHeader("KD-Part")) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = event.detail;
  if (target === sharedBody && !shared.open) {
    open(shared, event.detail.requestConfig?.elt);
    sharedBody.querySelector("h1, h2, [autofocus]")?.focus();
  }
  target.querySelector?.("[data-errors]")?.focus();
  showDismissButtons();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt?.closest?.("form");
  if (form) ready(form);
});
document.addEventListener("htmx:sendError", () => say(words.offline));
document.addEventListener("htmx:timeout", () => say(words.offline));
document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  say(status === 401 ? words.expired : status === 403 ? words.refused : words.failed);
});
