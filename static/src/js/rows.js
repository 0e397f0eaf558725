// Merges a fresh board into the one shown: what did not change is not touched, nothing moves
// under the pointer, and what somebody typed or focused stays.
import { tick } from "./ages.js";
import { refreshOpened } from "./opening.js";

const FOCUSABLE = "a, button, input, select, textarea, summary";
let waiting = null;

/** Runs `change` and gives the focus back to the same control of `container`. */
function keepingFocus(container, change) {
  const index = [...container.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  change();
  if (index < 0 || container.contains(document.activeElement)) return;
  container.querySelectorAll(FOCUSABLE)[index]?.focus({ preventScroll: true });
}

function replaceLine(shown, fresh) {
  const line = fresh.querySelector(".board-line");
  const old = shown.querySelector(".board-line");
  if (!line || !old) return;
  const opened = shown.classList.contains("is-open");
  keepingFocus(shown, () => old.replaceWith(line));
  const current = shown.classList.contains("is-current");
  shown.className = fresh.className;
  shown.classList.toggle("is-open", opened);
  shown.classList.toggle("is-current", current);
  shown.querySelector("[data-toggle]")?.setAttribute("aria-expanded", String(opened));
  shown.dataset.version = fresh.dataset.version ?? "";
}

function mark(row) {
  row.classList.remove("is-changed");
  // Asking for its width lets the same fade begin again.
  void row.offsetWidth;
  row.classList.add("is-changed");
}

function updateRow(shown, fresh) {
  replaceLine(shown, fresh);
  mark(shown);
  if (shown.classList.contains("is-open")) refreshOpened(shown);
}

const rowsOf = (table) => [...table.querySelectorAll(":scope > tbody")];

/** Puts rows, groups and their order as the fresh table has them. */
function arrange(table, order) {
  keepingFocus(table, () => {
    let cursor = table.tBodies[0] ?? null;
    for (const body of order) {
      const node = (body.id && table.querySelector(`#${CSS.escape(body.id)}`)) || body;
      if (node === cursor) cursor = cursor.nextElementSibling;
      else table.insertBefore(node, cursor);
    }
    while (cursor) {
      const next = cursor.nextElementSibling;
      cursor.remove();
      cursor = next;
    }
  });
  window.htmx?.process(table);
  tick(table);
}

function sameOrder(table, order) {
  const names = (bodies) => bodies.map((body) => body.id || body.textContent.trim()).join("|");
  return names(rowsOf(table)) === names(order);
}

/** A mouse over the rows, or the keyboard in them: then nothing may move. */
function isHeld(table) {
  const pointed = matchMedia("(hover: hover)").matches && table.matches(":hover");
  return pointed || table.contains(document.activeElement);
}

function note(table, text) {
  const line = table.parentElement.querySelector(".board-waiting");
  if (!line) return;
  line.hidden = text === "";
  line.textContent = text;
}

function arrangeOrWait(table, order) {
  waiting = null;
  if (sameOrder(table, order)) return note(table, "");
  if (!isHeld(table)) {
    note(table, "");
    return arrange(table, order);
  }
  waiting = { table, order };
  note(table, "Rows have come, gone or changed place: press to show.");
}

function showWaiting() {
  if (!waiting?.table.isConnected) return;
  const { table, order } = waiting;
  waiting = null;
  note(table, "");
  arrange(table, order);
}

/** Called as the pointer leaves something: rows that waited for it may now move. */
export function release(event, region) {
  const table = waiting?.table;
  if (!table || !region || table.contains(event.relatedTarget)) return;
  if (!table.contains(document.activeElement)) showWaiting();
}

function mergeTable(table, fresh) {
  const said = [];
  for (const row of fresh.querySelectorAll("tbody.board-row[id]")) {
    const shown = table.querySelector(`#${CSS.escape(row.id)}`);
    if (shown && shown.dataset.version === row.dataset.version) continue;
    if (row.dataset.announce) said.push(row.dataset.announce);
    if (shown) updateRow(shown, row);
    else row.classList.add("is-changed");
  }
  arrangeOrWait(table, rowsOf(fresh));
  return said;
}

function mergeRest(shown, fresh) {
  for (const part of fresh.querySelectorAll(":scope > [id]")) {
    const old = shown.querySelector(`:scope > #${CSS.escape(part.id)}`);
    if (!old || old.querySelector("table.board") || old.outerHTML === part.outerHTML) continue;
    keepingFocus(old, () => {
      old.innerHTML = part.innerHTML;
      old.className = part.className;
    });
    window.htmx?.process(old);
  }
}

/** Merges `fresh` into the live region `shown`; returns what a screen reader is told. */
export function merge(shown, fresh) {
  mergeRest(shown, fresh);
  const tables = [shown.querySelector("table.board"), fresh.querySelector("table.board")];
  if (!tables[0] || !tables[1]) {
    if (tables[0] !== tables[1]) shown.innerHTML = fresh.innerHTML;
    return "";
  }
  const said = mergeTable(tables[0], tables[1]);
  window.htmx?.process(shown);
  tick(shown);
  const rest = said.length > 3 ? `, and ${said.length - 3} more` : "";
  return said.slice(0, 3).join(". ") + rest;
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".board-waiting")) showWaiting();
});
