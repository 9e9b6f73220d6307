/** Writes dates again in the browser's time zone: the server only knows its own. */
export function showLocalDates(document: Document): void {
  for (const time of document.querySelectorAll<HTMLTimeElement>("time[data-local-date]")) {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long" });
    time.textContent = format.format(new Date(time.dateTime));
  }
}
