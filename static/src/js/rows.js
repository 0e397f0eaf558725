// Merges a fresh board into the one shown: what did not change is not touched, nothing moves
// under the pointer, and what somebody typed or focused stays.
import { tick } from "./ages.js";
import { refreshOpened } from "./opening.js";

const FOCUSABLE = "a, button, input, select, textarea, summary";
let waiting = null;

/** Runs `change` and gives the focus back to the same control of `container`. */
function keepingFocus(container, change) {
  const controls = () => [...container.querySelectorAll(FOCUSABLE)];
  const index = controls().indexOf(document.activeElement);
  change();
  if (index >= 0 && !container.contains(document.activeElement))
    controls()[index]?.focus({ preventScroll: true });
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

/** The button that says some rows wait for the pointer to leave. */
function waitingButton(table) {
  const found = table.parentElement.querySelector(".board-waiting");
  if (found) return found;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button board-waiting";
  table.before(button);
  return button;
}

function note(table, text) {
  const line = waitingButton(table);
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

const isRest = (part) => !part.matches(".board-waiting, table.board") && !part.querySelector("table.board");

/** What stands around the table: heads, counts, notes. */
const restOf = (region) => [...region.children].filter(isRest);

function replaceRest(shown, fresh) {
  const table = shown.querySelector("table.board");
  const freshTable = fresh.querySelector("table.board");
  const follows = (part) =>
    freshTable.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING;
  for (const part of restOf(shown)) part.remove();
  for (const part of restOf(fresh)) {
    if (follows(part)) shown.append(part);
    else table.before(part);
  }
}

function mergeRest(shown, fresh) {
  const [old, parts] = [restOf(shown), restOf(fresh)];
  if (old.length !== parts.length) return keepingFocus(shown, () => replaceRest(shown, fresh));
  keepingFocus(shown, () => {
    old.forEach((part, index) => {
      if (part.outerHTML !== parts[index].outerHTML) part.replaceWith(parts[index]);
    });
  });
}

/** Merges `fresh` into the live region `shown`; returns what a screen reader is told. */
export function merge(shown, fresh) {
  const tables = [shown.querySelector("table.board"), fresh.querySelector("table.board")];
  if (!tables[0] || !tables[1]) {
    shown.innerHTML = fresh.innerHTML;
    window.htmx?.process(shown);
    return "";
  }
  mergeRest(shown, fresh);
  const said = mergeTable(tables[0], tables[1]);
  window.htmx?.process(shown);
  tick(shown);
  const rest = said.length > 3 ? `, and ${said.length - 3} more` : "";
  return said.slice(0, 3).join(". ") + rest;
}

document.addEventListener("click", (event) => {
  if (event.target.closest(".board-waiting")) showWaiting();
});
