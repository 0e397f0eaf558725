// Ages that tick on their own: <time data-age datetime="…">12 min</time>.
import { now } from "./clock.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The same words as lib.london.duration gives, so that a tick never changes the wording. */
export function words(seconds) {
  const age = Math.max(0, Math.floor(seconds));
  if (age < MINUTE) return `${age} s`;
  if (age < 100 * MINUTE) return `${Math.floor(age / MINUTE)} min`;
  if (age < 2 * DAY) return `${Math.floor(age / HOUR)} h`;
  return `${Math.floor(age / DAY)} days`;
}

export function tick(root = document) {
  for (const element of root.querySelectorAll("time[data-age]")) {
    const measured = Date.parse(element.dateTime);
    if (Number.isNaN(measured)) continue;
    const text = words((now() - measured) / 1000);
    // Writing only what changed leaves a selection, and the screen reader, in peace.
    if (element.textContent !== text) element.textContent = text;
  }
}

export function startAges() {
  setInterval(tick, 1000);
}
