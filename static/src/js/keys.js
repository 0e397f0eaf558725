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

const rows = () => [...document.querySelectorAll("tbody.board-row")];
const current = () => document.querySelector("tbody.board-row.is-current");

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

/** Presses what carries the key; in a closed row it opens, and the next press acts. */
async function press(key) {
  const place = current() ?? (rows().length ? null : document.querySelector("main"));
  if (!place) return;
  const find = () => [...place.querySelectorAll(`[data-key="${key}"]`)].find(isShown);
  if (find()) return find().click();
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

const ACTS = {
  j: () => step(1),
  k: () => step(-1),
  a: () => press("a"),
  p: () => press("p"),
  r: () => press("r"),
  "/": goFind,
  "?": () => document.getElementById("keys")?.showModal(),
};

function isTyping(target) {
  return target.closest?.("input, textarea, select, [contenteditable], dialog") !== null;
}

function handle(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat === undefined) return;
  if (isTyping(event.target) || !(event.key in ACTS)) return;
  // "?" stays when the others are off: it is where they are turned on again.
  if (!areOn() && event.key !== "?") return;
  event.preventDefault();
  ACTS[event.key]();
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
