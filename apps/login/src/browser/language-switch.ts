const oneYearInSeconds = 31_536_000;

/** Stores the other language in a cookie for a year and reloads the page, which the server then sends in it. */
export function startLanguageSwitch(document: Document, location: Location): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-language]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      document.cookie = `wl_language=${button.dataset.language}; Path=/; SameSite=Lax; Max-Age=${oneYearInSeconds}`;
      location.reload();
    });
  }
}
