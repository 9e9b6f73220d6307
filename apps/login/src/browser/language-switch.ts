const oneYearInSeconds = 31_536_000;

/** Remembers the other language for a year and asks the server for this page again, in that language. */
export function startLanguageSwitch(document: Document, location: Location): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-language]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      document.cookie = `wl_language=${button.dataset.language}; Path=/; SameSite=Lax; Max-Age=${oneYearInSeconds}`;
      location.reload();
    });
  }
}
