import { createContext, use } from "react";

const STORAGE_KEY = "console-time-zone";
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** In which zones times can be shown and typed: the browser's, WeChat's and UTC, each once. */
export const timeZones: readonly string[] = [...new Set([own, "Asia/Shanghai", "UTC"])];

/** The operator's stored choice, or else the browser's zone. */
export function initialTimeZone(): string {
  try {
    const stored = localStorage.getItem(STORAGE_KEY);
    return timeZones.find((zone) => zone === stored) ?? own;
  } catch {
    return own;
  }
}

export function storeTimeZone(timeZone: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, timeZone);
  } catch {
    // Storage may be disabled. The choice then lasts until the page is reloaded.
  }
}

export interface TimeZoneChoice {
  timeZone: string;
  setTimeZone: (timeZone: string) => void;
}

export const TimeZoneContext = createContext<TimeZoneChoice | null>(null);

/** The zone of every time that is shown or typed, and its setter. */
export function useTimeZoneChoice(): TimeZoneChoice {
  const choice = use(TimeZoneContext);
  if (!choice) throw new Error("useTimeZoneChoice needs a LanguageProvider above it");
  return choice;
}
