import type { Settings } from "../stores/settings.js";

/** An absolute http or https URL, or undefined. */
export function parseRedirectUri(redirectUri: string): URL | undefined {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  return url?.protocol === "http:" || url?.protocol === "https:" ? url : undefined;
}

/**
 * Adds `code` and `state` to the query of redirect_uri, before its fragment: `https://h/#/cb` becomes
 * `https://h/?code=C&state=S#/cb`. The rest of redirect_uri stays as written.
 *
 * @param code undefined if the person refused and only `state` is returned
 * @param rawState undecoded, so that it returns byte for byte; undefined if the request had none
 */
export function buildCallbackUrl(
  redirectUri: string,
  code: string | undefined,
  rawState: string | undefined,
): string {
  const hash = redirectUri.indexOf("#");
  const base = hash === -1 ? redirectUri : redirectUri.slice(0, hash);
  const fragment = hash === -1 ? "" : redirectUri.slice(hash);
  const added = [
    ...(code === undefined ? [] : [`code=${code}`]),
    ...(rawState === undefined ? [] : [`state=${rawState}`]),
  ].join("&");
  const separator = added === "" ? "" : base.includes("?") ? "&" : "?";
  return escapeForHeader(`${base}${separator}${added}${fragment}`);
}

/** The callback after a refusal; undefined if WeChat does not redirect. */
export function buildRefusalUrl(
  refusal: Settings["refusal"],
  redirectUri: string,
  rawState: string | undefined,
): string | undefined {
  switch (refusal) {
    case "nothing":
      return undefined;
    case "state_only":
      return buildCallbackUrl(redirectUri, undefined, rawState);
    case "authdeny":
      return buildCallbackUrl(redirectUri, "authdeny", rawState);
  }
}

/** Percent-encodes what a Location header cannot contain: anything but visible ASCII. */
export function escapeForHeader(url: string): string {
  return url.replace(/[^\x21-\x7e]+/g, (run) => encodeURIComponent(run));
}
