// Updates every clock and countdown on the page with the simulator's time.

/** How far the simulator's clock is ahead of this browser's, in milliseconds. */
let aheadMs = 0;

const units = (document.body.dataset.units ?? "d h min s").split(" ");

/** Reads the time from the page, which the server has just rendered. */
export function setClock() {
  const now = document.getElementById("now")?.dataset.now;
  if (now !== undefined) aheadMs = Number(now) - Date.now();
  tick();
}

/** Starts ticking. @param {() => void} onEnd called when something has expired */
export function startTicking(onEnd) {
  setInterval(() => tick(onEnd), 500);
}

/** @param {() => void} [onEnd] */
function tick(onEnd) {
  const now = Date.now() + aheadMs;
  for (const clock of document.querySelectorAll("[data-now]")) {
    write(clock, dateAndTime(now, Number(clock.getAttribute("data-zone"))));
  }
  let hasEnded = false;
  for (const countdown of document.querySelectorAll(".countdown")) {
    const left = Number(countdown.getAttribute("data-ends")) - now;
    write(countdown, span(left));
    countdown.classList.toggle("soon", left < 60_000);
    hasEnded ||= left <= 0;
  }
  if (hasEnded) onEnd?.();
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** `2026-01-31 08:30:00` in the server's zone. @param {number} unixMs @param {number} zoneMinutes */
function dateAndTime(unixMs, zoneMinutes) {
  return new Date(unixMs + zoneMinutes * 60_000).toISOString().slice(0, 19).replace("T", " ");
}

/** The two largest units, as the server formats them. @param {number} ms */
function span(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const counts = [
    Math.floor(seconds / 86_400),
    Math.floor((seconds % 86_400) / 3600),
    Math.floor((seconds % 3600) / 60),
    seconds % 60,
  ];
  const first = counts.findIndex((count) => count > 0);
  if (first === -1) return `0 ${units[3]}`;
  const words = counts.map((count, index) => (count > 0 ? `${count} ${units[index]}` : ""));
  return words
    .slice(first, first + 2)
    .filter((word) => word !== "")
    .join(" ");
}
