// What is typed is kept twice, on this device at once and on the ward a moment later, until the
// ward has it: a closed laptop, a lost signal or a session that ended costs no word.
import { say } from "./bar.js";
import { addTask } from "./tasks.js";

const PAUSE = 1500;
// Text about a patient stays on a shared computer no longer than a long shift.
const KEPT_FOR = 12 * 3600 * 1000;
const PREFIX = "draft.";
const FIXED = new Set(["token", "known", "version", "csrfmiddlewaretoken", "save"]);

let form = null;
let timer = 0;
let saving = false;
let dirty = false;
let blocked = false;

const keyOf = () => PREFIX + form.dataset.draftKey;
const box = (name) => form.elements.namedItem(name);

function typed() {
  const found = {};
  for (const [name, value] of new FormData(form)) if (!FIXED.has(name)) found[name] = value;
  return found;
}

function tell(text) {
  const line = form.querySelector("[data-draft-state]");
  if (line) line.textContent = text;
}

function local() {
  try {
    return JSON.parse(localStorage.getItem(keyOf()) ?? "null");
  } catch {
    return null;
  }
}

function keep() {
  const entry = { token: box("token").value, version: box("version").value, typed: typed(), at: Date.now() };
  try {
    localStorage.setItem(keyOf(), JSON.stringify(entry));
    return true;
  } catch {
    return false;
  }
}

function forget() {
  try {
    localStorage.removeItem(keyOf());
  } catch {
    // Nothing was kept where nothing can be.
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

function put(values) {
  for (const name of ["task-1-text", "task-2-text"]) if (values[name] && !box(name)) addTask(form);
  for (const element of form.elements) {
    if (!element.name || FIXED.has(element.name)) continue;
    const value = values[element.name] ?? "";
    if (element.type === "radio" || element.type === "checkbox") element.checked = element.value === value;
    else element.value = value;
  }
  for (const part of form.querySelectorAll("details.more"))
    if ([...part.querySelectorAll("input:not([name*=due_at]), textarea")].some((e) => e.value)) part.open = true;
}

/** Both are shown, and whoever types chooses; `other` is what is not in the boxes now. */
function choose(title, other, take, stay) {
  form.querySelector(".draft-choice")?.remove();
  const panel = document.createElement("div");
  panel.className = "note draft-choice";
  panel.setAttribute("role", "alert");
  const heading = document.createElement("p");
  heading.append(Object.assign(document.createElement("strong"), { textContent: title }));
  const words = document.createElement("p");
  words.className = "draft-choice__words";
  words.textContent = ["findings", "plan", "question", "task-0-text"].map((n) => other[n]).filter(Boolean).join("\n");
  const actions = document.createElement("div");
  actions.className = "actions";
  for (const [label, act] of [["Take this text", take], ["Keep what is below", stay]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button", textContent: label });
    button.addEventListener("click", () => {
      panel.remove();
      act();
    });
    actions.append(button);
  }
  panel.append(heading, words, actions);
  form.prepend(panel);
}

function moved(theirs) {
  blocked = true;
  const join = () => {
    blocked = false;
    box("token").value = theirs.token;
    box("version").value = theirs.version;
    changed();
  };
  const title = `Another window kept this at ${theirs.saved}:`;
  choose(title, theirs.typed, () => (put(theirs.typed), join()), join);
}

async function answered(answer) {
  if (answer.status === 409) return moved(await answer.json());
  if (answer.status === 410) return forget();
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  const { version, saved } = await answer.json();
  box("version").value = version;
  say("draft", "");
  if (dirty) return keep();
  forget();
  tell(`Draft kept on the ward ${saved}`);
}

function lost(error) {
  const why = /^\d/.test(error.message) ? "you are signed out, or the service is not itself" : "there is no answer";
  tell(keep() ? `Kept on this device only: ${why}` : `Not kept: ${why}`);
  say("draft", `Your text is kept on this device only: ${why}. Load this page again and sign in; it will stand here.`);
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(save, 4 * PAUSE);
}

async function save() {
  if (saving || blocked || !dirty) return;
  saving = true;
  dirty = false;
  try {
    await answered(await fetch(form.dataset.draft, {
      method: "POST",
      body: new FormData(form),
      headers: { "X-Requested-With": "fetch" },
      redirect: "follow",
    }));
  } catch (error) {
    lost(error);
  } finally {
    saving = false;
    if (dirty && !blocked) changed();
  }
}

function changed() {
  dirty = true;
  const kept = keep();
  tell(kept ? "Kept on this device…" : "Not kept yet…");
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
}

/** What this device still has and the ward never got: shown again, or both where they differ. */
function restore() {
  const kept = local();
  if (!kept) return;
  const spent = (form.dataset.spent ?? "").split(" ").includes(kept.token);
  const same = JSON.stringify(kept.typed) === JSON.stringify(typed());
  if (spent || same) return forget();
  const fresh = box("version").value === "0";
  if (fresh || (kept.token === box("token").value && kept.version === box("version").value)) {
    if (fresh) box("token").value = kept.token;
    put(kept.typed);
    tell("This text was kept on this device.");
    dirty = true;
    return save();
  }
  choose("This device kept another text of yours:", kept.typed, () => (put(kept.typed), changed()), changed);
}

export function startDrafts() {
  sweep();
  form = document.querySelector("form[data-draft]");
  if (!form) return;
  restore();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    keep();
    clearTimeout(timer);
    blocked = true;
  });
  // Back shows the page as it was left: what is typed there is kept again.
  window.addEventListener("pageshow", () => (blocked = false));
  document.addEventListener("visibilitychange", () => document.hidden && save());
  document.querySelector("form[data-draft-discard]")?.addEventListener("submit", () => {
    clearTimeout(timer);
    blocked = true;
    forget();
  });
}
