// Filters the request list while typing. The filters are in the address, so that a reload keeps them.
import { refresh } from "./live.js";

export function startFilter() {
  const filters = document.getElementById("filters");
  if (!(filters instanceof HTMLFormElement)) return;
  let timer = 0;
  const apply = () => {
    const wanted = new URL("/", location.href);
    for (const [name, value] of new FormData(filters)) {
      if (typeof value === "string" && value !== "") wanted.searchParams.set(name, value);
    }
    history.replaceState(null, "", wanted);
    refresh();
  };
  filters.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  filters.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 150);
  });
}
