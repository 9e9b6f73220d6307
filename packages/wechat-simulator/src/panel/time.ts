import { type Html, html } from "../pages/html.js";
import type { Translate } from "./panel.js";

/** `08:30:00`, in the time zone of the machine that runs the simulator. */
export function timeOfDay(unixMs: number): string {
  return new Date(unixMs).toTimeString().slice(0, 8);
}

/** `2026-01-31 08:30:00`, in the same zone. */
export function dateAndTime(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (part: number) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOfDay(unixMs)}`;
}

/** `UTC+08:00` */
export function zoneOf(unixMs: number): string {
  const minutes = -new Date(unixMs).getTimezoneOffset();
  const two = (part: number) => String(Math.floor(part)).padStart(2, "0");
  return `UTC${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

const DAY = 86_400;

/** A duration in its two largest units: `4 min 59 s`. countdown.js formats it the same way. */
export function span(t: Translate, ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / DAY), t("d", "天")],
    [Math.floor((seconds % DAY) / 3600), t("h", "小时")],
    [Math.floor((seconds % 3600) / 60), t("min", "分")],
    [seconds % 60, t("s", "秒")],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return `0 ${t("s", "秒")}`;
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}

/** Counts down in the browser; without a script it shows the time left when the page was rendered. */
export function countdown(t: Translate, endsAtMs: number, now: number): Html {
  return html`<time class="countdown" data-ends="${endsAtMs}" datetime="${new Date(endsAtMs).toISOString()}" title="${dateAndTime(endsAtMs)}">${span(t, endsAtMs - now)}</time>`;
}
