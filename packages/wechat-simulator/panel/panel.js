// The control panel's script. Optional: the pages work without it.
import { startCopying } from "./copy.js";
import { setClock, startTicking } from "./countdown.js";
import { startFilter } from "./filter.js";
import { startForms } from "./forms.js";
import { refresh, startLive } from "./live.js";

document.documentElement.classList.add("script");

// Shown once: a reload must not show the message again.
const here = new URL(location.href);
for (const name of ["done", "moved", "lang"]) here.searchParams.delete(name);
history.replaceState(null, "", here);
setTimeout(() => document.getElementById("flash")?.replaceChildren(), 6000);

setClock();
startTicking(() => void refresh());
startCopying();
startFilter();
startForms();
startLive();
