// What is typed about each patient of a handover goes to the ward a moment later; two who write
// about one patient see each other's words and choose.
import { say } from "./bar.js";

const PAUSE = 1500;
const KEPT_FOR = 12 * 3600 * 1000;
const PREFIX = "note.";
const NAMES = ["recommendation", "escalate", "agreed"];

const box = (place, name) => place.querySelector(`[name="${place.dataset.notePrefix}${name}"]`);
const keyOf = (place) => PREFIX + place.dataset.note;

function typed(place) {
  const found = {};
  for (const name of NAMES) {
    const element = box(place, name);
    found[name] = element.type === "checkbox" ? (element.checked ? "on" : "") : element.value;
  }
  return found;
}

function put(place, values) {
  for (const name of NAMES) {
    const element = box(place, name);
    if (element.type === "checkbox") element.checked = Boolean(values[name]);
    else element.value = values[name] ?? "";
  }
  for (const part of place.querySelectorAll("details.more")) part.open = true;
}

function tell(place, text) {
  place.querySelector("[data-note-state]").textContent = text;
}

function forget(place) {
  try {
    localStorage.removeItem(keyOf(place));
  } catch {
    // Nothing was kept where nothing can be.
  }
}

function keep(place) {
  const entry = { version: box(place, "version").value, typed: typed(place), at: Date.now() };
  try {
    localStorage.setItem(keyOf(place), JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

/** Whatever anybody left here too long ago. */
function sweep() {
  try {
    for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
      const { at } = JSON.parse(localStorage.getItem(key)) ?? {};
      if (!(Date.now() - at < KEPT_FOR)) localStorage.removeItem(key);
    }
  } catch {
    // A browser that keeps nothing has nothing to sweep.
  }
}

/** Theirs is shown beside mine; either choice is sent as one that has seen the other. */
function choose(place, state, title, theirs, version) {
  state.blocked = true;
  place.querySelector(".draft-choice")?.remove();
  const panel = Object.assign(document.createElement("div"), { className: "note note--urgent draft-choice" });
  panel.setAttribute("role", "alert");
  const heading = document.createElement("p");
  heading.append(Object.assign(document.createElement("strong"), { textContent: title }));
  const words = Object.assign(document.createElement("p"), { className: "draft-choice__words" });
  words.textContent = [theirs.recommendation, theirs.escalate].filter(Boolean).join("\n");
  const actions = Object.assign(document.createElement("div"), { className: "actions" });
  for (const [label, take] of [["Take this text", true], ["Keep what is below", false]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
    button.addEventListener("click", () => {
      panel.remove();
      if (take) put(place, theirs);
      box(place, "version").value = version;
      state.blocked = false;
      changed(place, state);
    });
    actions.append(button);
  }
  panel.append(heading, words, actions);
  place.querySelector(".handover-line__boxes").prepend(panel);
}

async function answered(place, state, answer) {
  if (answer.status === 409) {
    const theirs = await answer.json();
    const values = { ...theirs, agreed: theirs.agreed ? "on" : "" };
    return choose(place, state, `${theirs.by} wrote at ${theirs.saved}:`, values, theirs.version);
  }
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const { version, saved } = await answer.json();
  box(place, "version").value = version;
  say("draft", "");
  if (state.dirty) return keep(place);
  forget(place);
  tell(place, `Kept ${saved}`);
}

function lost(place, state) {
  tell(place, keep(place) ? "Kept on this device only" : "Not kept");
  say("draft", "Your text is kept on this device only: load this page again and sign in; it will stand here.");
  state.dirty = true;
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(place, state), 4 * PAUSE);
}

async function save(place, state) {
  if (state.saving || state.blocked || !state.dirty) return;
  state.saving = true;
  state.dirty = false;
  const body = new FormData();
  for (const [name, value] of Object.entries(typed(place))) if (value) body.append(name, value);
  body.append("version", box(place, "version").value);
  body.append("csrfmiddlewaretoken", place.closest("form").elements.namedItem("csrfmiddlewaretoken").value);
  try {
    await answered(place, state, await fetch(place.dataset.note, {
      method: "POST",
      body,
      headers: { "X-Requested-With": "fetch" },
    }));
  } catch {
    lost(place, state);
  } finally {
    state.saving = false;
    if (state.dirty && !state.blocked) changed(place, state);
  }
}

function changed(place, state) {
  state.dirty = true;
  tell(place, keep(place) ? "Kept on this device…" : "Not kept yet…");
  clearTimeout(state.timer);
  state.timer = setTimeout(() => save(place, state), PAUSE);
}

/** What this device still has and the ward never got. */
function restore(place, state) {
  let kept = null;
  try {
    kept = JSON.parse(localStorage.getItem(keyOf(place)) ?? "null");
  } catch {
    return;
  }
  if (!kept) return;
  if (JSON.stringify(kept.typed) === JSON.stringify(typed(place))) return forget(place);
  const version = box(place, "version").value;
  if (kept.version === version) {
    put(place, kept.typed);
    return changed(place, state);
  }
  choose(place, state, "This device kept another text of yours:", kept.typed, version);
}

export function startNotes() {
  const places = [...document.querySelectorAll("[data-note]")];
  if (!places.length) return;
  sweep();
  const states = new Map(places.map((place) => [place, { timer: 0, saving: false, dirty: false, blocked: false }]));
  for (const [place, state] of states) {
    restore(place, state);
    place.addEventListener("input", () => changed(place, state));
    place.closest("form").addEventListener("submit", () => {
      clearTimeout(state.timer);
      if (state.dirty) keep(place);
      state.blocked = true;
    });
  }
  window.addEventListener("pageshow", () => {
    for (const state of states.values()) state.blocked = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) for (const [place, state] of states) save(place, state);
  });
}
