import { removeBrokenImages } from "./browser/broken-images.js";
import { showCleanAddress } from "./browser/clean-address.js";
import { startCopying } from "./browser/copy.js";
import { startLanguageSwitch } from "./browser/language-switch.js";
import { startRedirectProgress } from "./browser/redirect-progress.js";

// The pages are whole without this script; it adds what makes them pleasant.
startCopying(document);
startRedirectProgress(document, window);
startLanguageSwitch(document, location);
showCleanAddress(document, window);
removeBrokenImages(document);

// Only the account page asks the api for anything, so only it loads the client.
const account = document.querySelector<HTMLElement>("[data-account]");
if (account) void import("./account/account.js").then(({ startAccount }) => startAccount(account));
