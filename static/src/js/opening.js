// Board rows that open in place; without the script the same link opens them as a page.
import { tick } from "./ages.js";
import { say } from "./bar.js";

const OPENED = "tr.board-open";

async function fetchOpened(row) {
  const link = row.querySelector("[data-toggle]");
  const answer = await fetch(link.href, { headers: { "HX-Request": "true" }, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  return [...holder.content.querySelectorAll(OPENED)];
}

function put(row, fresh) {
  for (const line of row.querySelectorAll(OPENED)) line.remove();
  row.append(...fresh);
  row.classList.toggle("is-open", fresh.length > 0);
  row.querySelector("[data-toggle]")?.setAttribute("aria-expanded", String(fresh.length > 0));
  window.htmx?.process(row);
  tick(row);
}

export async function open(row) {
  try {
    put(row, await fetchOpened(row));
    say("act", "");
  } catch {
    say("act", "The row could not be opened: no answer. Try again.");
  }
}

function isBusy(row) {
  const lines = [...row.querySelectorAll(OPENED)];
  const typed = (field) => field.value !== field.defaultValue;
  return lines.some(
    (line) =>
      line.contains(document.activeElement) || [...line.querySelectorAll("input, textarea")].some(typed),
  );
}

/** The row behind an opened one changed: show that too, unless somebody works in it. */
export function refreshOpened(row) {
  if (!isBusy(row)) return open(row);
  row.addEventListener("focusout", () => setTimeout(() => isBusy(row) || open(row)), { once: true });
}

function toggle(event) {
  const link = event.target.closest("a[data-toggle]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
  event.preventDefault();
  const row = link.closest("tbody");
  if (row.classList.contains("is-open")) put(row, []);
  else open(row);
}

export function startOpening() {
  document.addEventListener("click", toggle);
}
