// Forms: one press sends once, slow answers say so, and errors get the focus.
const HELD_FOR = 10_000;

function busy(on) {
  document.documentElement.classList.toggle("is-busy", on);
}

function free(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

function guard(event) {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  busy(true);
  // A download, or an answer that never came, must not leave a form that cannot be sent.
  setTimeout(() => {
    free(form);
    busy(false);
  }, HELD_FOR);
}

function freeAll() {
  busy(false);
  for (const form of document.querySelectorAll("form[data-sent]")) free(form);
}

export function startForms() {
  document.addEventListener("submit", guard, true);
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.matches("[data-live]")) busy(true);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!event.detail.elt.matches("[data-live]")) freeAll();
  });
  // Coming back by the browser's Back shows the page as it was left: held.
  window.addEventListener("pageshow", freeAll);
  document.getElementById("error-summary")?.focus();
}
