import { removeBrokenImages } from "./browser/broken-images.js";
import { showCleanAddress } from "./browser/clean-address.js";
import { startCopying } from "./browser/copy.js";
import { startLanguageSwitch } from "./browser/language-switch.js";
import { startRedirectProgress } from "./browser/redirect-progress.js";

// Every page works without this script, except for the lists and buttons of the account page.
startCopying(document);
startRedirectProgress(document, window);
startLanguageSwitch(document, location);
showCleanAddress(document, window);
removeBrokenImages(document);

// Only the account page calls the api, so only it loads the client.
const account = document.querySelector<HTMLElement>("[data-account]");
if (account) void import("./account/account.js").then(({ startAccount }) => startAccount(account));
