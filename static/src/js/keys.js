// Single keys on boards: only outside boxes, and they can be turned off (WCAG 2.1.4).
import { open } from "./opening.js";

const STORE = "single-keys";

function areOn() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
}

function set(on) {
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing still has the keys until the page is left.
  }
  document.documentElement.classList.toggle("has-keys", on);
}

// A board's rows, or the patients of a page that shows all of them.
const STEPS = "tbody.board-row, [data-step]";
const rows = () => [...document.querySelectorAll(STEPS)];
const current = () => rows().find((row) => row.matches(".is-current"));

function step(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))];
  current()?.classList.remove("is-current");
  next.classList.add("is-current");
  next.querySelector("a[href]")?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function isShown(element) {
  return element.getClientRects().length > 0;
}

/** Boxes are gone into, a part that opens shows its first box, all else is pressed. */
function use(element) {
  if (element.matches("textarea, select, input:not([type=radio], [type=checkbox])")) return element.focus();
  element.click();
  if (element.matches("summary")) element.parentElement.querySelector("input, select, textarea")?.focus();
}

/** Presses what carries the key; in a closed row it opens, and the next press acts. */
async function press(key) {
  const whole = document.querySelector("tbody.board-row") ? null : document.querySelector("main");
  const place = current() ?? whole;
  if (!place) return;
  const find = () => [...place.querySelectorAll(`[data-key="${key}"]`)].find(isShown);
  // A closed part hides its boxes: the key opens it.
  const closed = place.querySelector("details.more:not([open])");
  if (!find() && closed?.querySelector(`[data-key="${key}"]`)) closed.open = true;
  if (find()) return use(find());
  const own = whole?.querySelector(`:not([data-step] *)[data-key="${key}"]`);
  if (own && isShown(own)) return use(own);
  if (!place.matches("tbody") || place.classList.contains("is-open")) return;
  await open(place);
  find()?.focus();
}

function goFind() {
  const box = document.querySelector('[data-key="/"]');
  if (box && isShown(box)) return box.focus();
  const menu = document.querySelector(".menu--find");
  if (!menu) return;
  menu.open = true;
  menu.querySelector("input")?.focus();
}

/** On a board from row to row; on a round the page's own link to the next or last patient. */
function go(by, key) {
  return rows().length ? step(by) : press(key);
}

const ACTS = {
  j: () => go(1, "j"),
  k: () => go(-1, "k"),
  a: () => press("a"),
  p: () => press("p"),
  r: () => press("r"),
  t: () => press("t"),
  "/": goFind,
  "?": () => document.getElementById("keys")?.showModal(),
};

/** A radio or a tick takes no letters, so the keys go on working beside it. */
const BOXES = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable], dialog";

function isTyping(target) {
  return target.closest?.(BOXES) !== null;
}

/** Letters that only this page has: each choice of a review carries its own. */
function actOf(key) {
  if (key in ACTS) return ACTS[key];
  const place = document.querySelector("[data-letters]");
  const found = /^[a-z0-9]$/.test(key) ? place?.querySelector(`[data-key="${key}"]`) : null;
  return found ? () => use(found) : null;
}

/** Everywhere, boxes too: signs what stands in the page's form. */
function sign(event) {
  const form = document.querySelector("form[data-submit]");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false;
  event.preventDefault();
  form.requestSubmit();
  return true;
}

function handle(event) {
  if (event.repeat === undefined || sign(event)) return;
  if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  const act = actOf(event.key);
  // "?" stays when the others are off: it is where they are turned on again.
  if (!act || (!areOn() && event.key !== "?")) return;
  event.preventDefault();
  act();
}

export function startKeys() {
  const box = document.getElementById("keys-on");
  set(areOn());
  if (box) {
    box.checked = areOn();
    box.addEventListener("change", () => set(box.checked));
  }
  document.addEventListener("keydown", handle);
}
