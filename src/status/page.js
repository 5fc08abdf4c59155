// What the pages gain where scripts run. Every page works without it: it adds, and replaces nothing.
"use strict";

const TONES = { healthy: "ok", degraded: "warn", delayed: "warn", paused: "info", stopped: "bad" };
const LOOK_EVERY_MS = 10_000;

/** Only the line in the header is kept fresh: nothing that one reads moves by itself. */
async function refreshPulse() {
  const pulse = document.querySelector("#pulse");
  if (pulse === null || document.visibilityState !== "visible") return;
  const answer = await fetch("/", { headers: { accept: "application/json" } }).catch(() => null);
  if (answer === null || !answer.ok) return;
  const { health } = await answer.json();
  const tag = pulse.querySelector(".tag");
  const label = health.word.charAt(0).toUpperCase() + health.word.slice(1);
  if (tag.textContent === label) return;
  tag.textContent = label;
  tag.className = `tag ${TONES[health.word]}`;
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
document.querySelector("#problem")?.focus();
