// Polling: what an answer means, and what silence means. A frozen page must not look calm.
import { announce, hatch, say } from "./bar.js";
import { now, setFrom, timeOfDay } from "./clock.js";
import { merge, release } from "./rows.js";

const SILENCE = 15_000;
const LAG = 60;
const ANSWERS = new Set([200, 204, 304]);
const etags = new Map();
const bodies = new Map();
let heardAt = Date.now();
let lag = 0;
let refused = "";

const region = () => document.querySelector("[data-live]");
const isPoll = (element) => element?.matches?.("[data-live]") ?? false;

/** Unchanged is an answer too: the page is as new as this moment. */
function freshen(live) {
  const moment = new Date(now());
  live.dataset.asOf = moment.toISOString();
  const updated = live.querySelector(".page-head__fresh time");
  if (updated) updated.dateTime = live.dataset.asOf;
  const clock = live.querySelector("[data-clock]");
  if (clock) clock.textContent = timeOfDay(moment).slice(0, 5);
}

function heard(xhr, live) {
  heardAt = Date.now();
  lag = Number(xhr.getResponseHeader("X-Lag") ?? live?.dataset.lag ?? 0);
  if (live && xhr.status !== 200) freshen(live);
}

function look() {
  const live = region();
  if (!live) return;
  const silent = Date.now() - heardAt;
  const asOf = timeOfDay(Date.parse(live.dataset.asOf) || now());
  let text = "";
  if (refused) text = `${refused} What is below was up to date at ${asOf} and may be old.`;
  else if (silent > SILENCE)
    text = `No answer for ${Math.floor(silent / 1000)} s. What is below was up to date at ${asOf} and may be old. Phone if in doubt.`;
  else if (lag >= LAG) text = `Readings are ${lag} s behind. What is below may be old. Phone if in doubt.`;
  say("stale", text);
  hatch(text !== "");
}

function askConditionally(event) {
  const { elt, path, headers } = event.detail;
  if (isPoll(elt) && etags.has(path)) headers["If-None-Match"] = etags.get(path);
}

/** The fragment of an answer; null when it is another page, as after a session's end. */
function fragment(xhr, id) {
  return new DOMParser().parseFromString(xhr.responseText, "text/html").getElementById(id);
}

const SIGNED_OUT = "You are signed out: load this page again to sign in.";

/** An answer to a poll: another page, a whole region, or rows to merge. */
function receivePoll(detail) {
  const { xhr, elt, requestConfig } = detail;
  const fresh = fragment(xhr, elt.id);
  refused = fresh ? "" : SIGNED_OUT;
  if (!fresh) detail.shouldSwap = false;
  const etag = xhr.getResponseHeader("ETag");
  if (fresh && etag) etags.set(requestConfig.path, etag);
  if (!fresh) return;
  // A page without an ETag that says the same again is left alone, with whatever has the focus.
  const same = bodies.get(requestConfig.path) === fresh.innerHTML;
  bodies.set(requestConfig.path, fresh.innerHTML);
  if (same) {
    detail.shouldSwap = false;
    freshen(elt);
    return;
  }
  if (!("rows" in elt.dataset)) return;
  detail.shouldSwap = false;
  elt.dataset.asOf = fresh.dataset.asOf ?? "";
  elt.dataset.lag = fresh.dataset.lag ?? "0";
  announce(merge(elt, fresh));
}

function receive(event) {
  const { xhr, elt } = event.detail;
  if (xhr.status === 304 || xhr.status === 204) event.detail.shouldSwap = false;
  if (xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
  if (isPoll(elt) && xhr.status === 200) receivePoll(event.detail);
}

function finishPoll(xhr) {
  if (xhr.status === 304 || xhr.status === 204) refused = "";
  if (xhr.status === 401 || xhr.status === 403) refused = SIGNED_OUT;
  if (ANSWERS.has(xhr.status) && !refused) heard(xhr, region());
  look();
}

function finish(event) {
  const { xhr, elt } = event.detail;
  if (!xhr) return;
  setFrom(xhr.getResponseHeader("Date"));
  if (isPoll(elt)) finishPoll(xhr);
  else if (xhr.status > 0 && xhr.status < 400) say("act", "");
}

function fail(event) {
  if (isPoll(event.detail.elt)) return;
  const status = event.detail.xhr?.status;
  const why = status ? `the service answered ${status}` : "there was no answer";
  say("act", `That did not work: ${why}. Nothing was saved; try again.`);
}

export function startLive() {
  document.addEventListener("htmx:configRequest", askConditionally);
  document.addEventListener("htmx:beforeSwap", receive);
  document.addEventListener("htmx:afterRequest", finish);
  for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
    document.addEventListener(name, fail);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && region()) window.htmx?.trigger(region(), "refresh");
  });
  document.addEventListener("pointerout", (event) => release(event, region()));
  lag = Number(region()?.dataset.lag ?? 0);
  look();
  // The bar that the server wrote would stay for ever; from here on the answers tell.
  if (region()) document.querySelector("[data-stale-bar]")?.remove();
  setInterval(look, 1000);
}
