// Keeps the page up to date: fetches it repeatedly and applies what has changed.
import { setClock } from "./countdown.js";
import { morph } from "./morph.js";
import { hideToast, showToast } from "./toast.js";

const PAUSE_MS = 1000;
/** One refresh at a time; a second one waits for the first. */
let running = Promise.resolve();
let isPaused = false;
let isOffline = false;

/** Polls once a second while the page is visible. No push: browsers allow six connections to a host. */
export function startLive() {
  const loop = async () => {
    if (!document.hidden && !isPaused) await refresh();
    setTimeout(loop, PAUSE_MS);
  };
  setTimeout(loop, PAUSE_MS);

  const pause = document.getElementById("pause");
  pause?.addEventListener("click", () => {
    isPaused = !isPaused;
    pause.setAttribute("aria-pressed", String(isPaused));
    document.getElementById("live")?.classList.toggle("paused", isPaused);
    if (!isPaused) refresh();
  });
}

/** @returns {Promise<void>} once the page is up to date */
export function refresh() {
  running = running.then(load, load);
  return running;
}

async function load() {
  try {
    const response = await fetch(location.href, { cache: "no-store" });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    show(new DOMParser().parseFromString(await response.text(), "text/html"));
    if (isOffline) hideToast();
    isOffline = false;
    document.documentElement.classList.remove("offline");
  } catch {
    // The simulator was stopped or restarted: the page stays as it is, and the next poll tries again.
    if (!isOffline) showToast(document.body.dataset.offline ?? "", { stays: true, bad: true });
    isOffline = true;
    document.documentElement.classList.add("offline");
  }
}

/** @param {Document} next */
function show(next) {
  const added = ["status", "main"].flatMap((id) => {
    const [current, wanted] = [document.getElementById(id), next.getElementById(id)];
    return current && wanted ? morph(current, wanted) : [];
  });
  const requests = added.flatMap((element) =>
    element.matches(".request") ? [element] : [...element.querySelectorAll(".request")],
  );
  for (const request of requests) highlight(request);
  const news = document.getElementById("news");
  if (news && requests.length > 0) news.textContent = `${requests.length} ${news.dataset.words}`;
  setClock();
}

/** @param {Element} element */
function highlight(element) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  element.animate(
    [{ backgroundColor: "rgb(124 108 255 / 0.28)" }, { backgroundColor: "rgb(124 108 255 / 0)" }],
    1800,
  );
}
