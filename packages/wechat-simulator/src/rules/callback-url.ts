/** An absolute http or https URL, or undefined. */
export function parseRedirectUri(redirectUri: string): URL | undefined {
  const url = URL.canParse(redirectUri) ? new URL(redirectUri) : undefined;
  return url?.protocol === "http:" || url?.protocol === "https:" ? url : undefined;
}

/**
 * Where the browser is sent: `code` and `state` join the query of redirect_uri, before its fragment, so that
 * `https://h/#/cb` becomes `https://h/?code=C&state=S#/cb`. Everything that was there stays as it was written.
 *
 * @param code undefined when the person refused and only `state` is told
 * @param rawState as it stood in the request, undecoded, so that it comes back byte for byte; undefined: none was sent
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

/** A Location header holds visible ASCII only; what an address carries beyond that is percent-encoded. */
export function escapeForHeader(url: string): string {
  return url.replace(/[^\x21-\x7e]+/g, (run) => encodeURIComponent(run));
}
