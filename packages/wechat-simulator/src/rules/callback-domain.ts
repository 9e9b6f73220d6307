import type { SimulatedApp } from "../stores/apps.js";

/**
 * Whether this app may receive codes at this URL. Hosts must match exactly: `www.example.com` covers neither
 * `pay.example.com` nor `example.com`. An entry may end in a directory.
 *
 * A real Official Account's domain has no port, so a callback with one is refused (10003); a test account's may have one.
 * Declared deviation: website apps may have a port too, so that a developer's localhost works.
 */
export function isCallbackAllowed(app: SimulatedApp, redirectUri: URL): boolean {
  const mayHavePort = app.testAccount || app.kind === "website";
  if (redirectUri.port !== "" && !mayHavePort) return false;
  return app.callbackHosts.some((entry) => {
    const slash = entry.indexOf("/");
    const host = slash === -1 ? entry : entry.slice(0, slash);
    const directory = slash === -1 ? "" : entry.slice(slash).replace(/\/+$/, "");
    if (redirectUri.host !== host.toLowerCase()) return false;
    return (
      directory === "" ||
      redirectUri.pathname === directory ||
      redirectUri.pathname.startsWith(`${directory}/`)
    );
  });
}
