// The bar that cannot be dismissed: what is below may be old, or an act did not work.
const lines = new Map();

function draw() {
  const bar = document.getElementById("stale-bar");
  if (!bar) return;
  const text = [...lines.values()].join(" ");
  if (bar.textContent !== text) bar.textContent = text;
  bar.hidden = text === "";
  // The patient's banner stands below it: who this is must be read even then.
  document.documentElement.style.setProperty("--stale-bar", `${bar.offsetHeight}px`);
}

/** Says `text` under `name` until it is said again as empty. */
export function say(name, text) {
  if (text) lines.set(name, text);
  else lines.delete(name);
  draw();
}

/** Hatches every value on the page while they may be old. */
export function hatch(old) {
  if (old) document.body.dataset.stale = "";
  else delete document.body.dataset.stale;
}

export function announce(text) {
  const region = document.getElementById("announce");
  if (region && text) region.textContent = text;
}
