/** Cookies for one origin. Lax, because people come back from another site. */
export function cookiesFor(publicUrl: string) {
  // Browsers require https for Secure and for the prefix, which prevents subdomains from setting the cookie.
  const secure = publicUrl.startsWith("https:");
  const nameOf = (name: string) => (secure ? `__Host-${name}` : name);
  return {
    read(request: Request, name: string): string {
      const pairs = (request.headers.get("cookie") ?? "").split(/; */);
      const prefix = `${nameOf(name)}=`;
      return pairs.find((pair) => pair.startsWith(prefix))?.slice(prefix.length) ?? "";
    },
    /** A Set-Cookie header; with 0 seconds it deletes the cookie. */
    write(name: string, value: string, seconds: number): string {
      return `${nameOf(name)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
    },
  };
}
