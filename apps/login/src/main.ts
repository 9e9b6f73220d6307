import { removeBrokenImages } from "./browser/broken-images.js";
import { showCleanAddress } from "./browser/clean-address.js";
import { startCopying } from "./browser/copy.js";
import { startLanguageSwitch } from "./browser/language-switch.js";
import { showLocalDates } from "./browser/local-dates.js";
import { startRedirectProgress } from "./browser/redirect-progress.js";

// Every page works without this script.
startCopying(document);
startRedirectProgress(document, window);
startLanguageSwitch(document, location);
showCleanAddress(document, window);
removeBrokenImages(document);
showLocalDates(document);
