// What the pages gain where scripts run. Every page works without it: it adds, and replaces nothing.
"use strict";

const LOOK_EVERY_MS = 10_000;

/** Told so long before the end that there is time to press. */
const WARNED_MS = 120_000;

/** Only the line in the header is kept fresh: nothing that one reads moves by itself. What else is new is said. */
async function refreshPulse() {
  const line = document.querySelector("#pulse");
  if (line === null || document.visibilityState !== "visible") return;
  const newer = document.querySelector("#newer");
  const since = newer === null ? "" : `?since=${encodeURIComponent(newer.dataset.since)}`;
  const ending = document.querySelector("#ending");
  const answer = await fetch(`/pulse${since}`).catch(() => null);
  const over = answer?.status === 401;
  line.querySelector(".silent").hidden = over || answer?.ok === true;
  if (over && ending !== null) showEnding(ending, "over", false);
  if (!answer?.ok) return;
  const { tag, look, newFailing, session } = await answer.json();
  showHealth(line, tag, look);
  if (newer !== null) showNewer(newer, newFailing);
  const soon = session !== null && session.leftMs <= WARNED_MS;
  if (ending !== null) showEnding(ending, soon ? "soon" : null, soon && session.mayStay);
}

function showHealth(line, { label, tone }, look) {
  const tag = line.querySelector(".tag");
  if (tag.textContent !== label) {
    tag.textContent = label;
    tag.className = `tag ${tone}`;
  }
  const time = line.querySelector("time");
  if (look === null || time === null) return;
  time.dateTime = look.at;
  time.title = look.exact;
  if (time.textContent !== look.words) time.textContent = look.words;
}

/** A row that comes while one reads would move the others: so one is told, and decides. */
function showNewer(newer, count) {
  const words = `${count} new since you opened this page.`;
  const said = newer.querySelector("span");
  if (said.textContent !== words) said.textContent = words;
  newer.hidden = count === 0;
}

function showEnding(ending, when, mayStay) {
  for (const words of ending.querySelectorAll("[data-when]")) words.hidden = words.dataset.when !== when;
  ending.querySelector("button").hidden = !mayStay;
  ending.hidden = when === null;
}

/** Any page says that somebody is there. */
async function staySignedIn() {
  await fetch(location.href, { method: "HEAD" }).catch(() => {});
  await refreshPulse();
}

/** One box ticks all of the page, and the count is said. */
function tickAll(all) {
  const boxes = [...document.querySelectorAll('input[name="link"]')];
  const count = document.querySelector("#ticked");
  let last = null;
  const say = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    if (count !== null) count.textContent = ticked === 0 ? "" : `${ticked} selected`;
  };
  all.closest("[hidden]")?.removeAttribute("hidden");
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    say();
  });
  for (const [index, box] of boxes.entries()) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        for (const other of boxes.slice(Math.min(last, index), Math.max(last, index)))
          other.checked = box.checked;
      }
      last = index;
      say();
    });
  }
  say();
}

/** Copies the text that the button names. */
function copies(button) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy)?.textContent ?? "";
    await navigator.clipboard.writeText(text).catch(() => {});
    button.textContent = "Copied";
  });
}

setInterval(() => void refreshPulse(), LOOK_EVERY_MS);
document.addEventListener("visibilitychange", () => void refreshPulse());
for (const all of document.querySelectorAll("#tick-all")) tickAll(all);
for (const button of document.querySelectorAll("[data-copy]")) copies(button);
document.querySelector("#ending button")?.addEventListener("click", () => void staySignedIn());
document.querySelector("#problem")?.focus();
