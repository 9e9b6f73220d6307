import { isClientId } from "./clients.js";
import { readCidr } from "./networks.js";
import { type HostScope, hostScopes } from "./scopes.js";

// What the command reads. Each function adds a sentence to `problems` for a value that it refuses.

export function readClientId(text: string, problems: string[]): string {
  if (!isClientId(text))
    problems.push("The id is up to 64 lower-case letters, digits, - and _, such as shop.");
  return text;
}

/** What people see on the page of a bind link. */
export function readName(text: string, problems: string[]): string {
  const name = text.trim();
  if (name === "" || name.length > 100 || /\p{Cc}/u.test(name)) {
    problems.push("--name is 1 to 100 characters that people read, such as The shop.");
  }
  return name;
}

/** @param isProduction then an origin is https */
export function readOrigins(
  texts: readonly string[],
  { isProduction }: { isProduction: boolean },
  problems: string[],
): string[] {
  return unique(
    texts.map((text) => {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      const isHttp = url?.protocol === "https:" || url?.protocol === "http:";
      if (!url || !isHttp || text.includes("*") || url.origin !== text.toLowerCase().replace(/\/$/, "")) {
        problems.push(`--origin ${text}: scheme, host and port only, such as https://shop.example.`);
        return text;
      }
      if (isProduction && url.protocol !== "https:") {
        problems.push(`--origin ${text}: it must be https in production.`);
      }
      return url.origin;
    }),
  );
}

/** Paths as a browser would ask for them: `/a/../b` is `/b`. */
export function readRedirectPaths(texts: readonly string[], problems: string[]): string[] {
  return unique(
    texts.map((text) => {
      const isPath = /^\/[\x21-\x7e\u0080-\uffff]*$/.test(text) && !/[\\?#]/.test(text);
      const path = isPath ? new URL(text, "https://host.invalid").pathname : "//";
      // A path that begins with two slashes is an address of another host.
      if (path.startsWith("//") || text.startsWith("//") || path.length > 1000) {
        problems.push(
          `--redirect ${text}: a path that starts with one /, without ? and #, such as /wechat/return.`,
        );
      }
      return path;
    }),
  );
}

export function readScopes(texts: readonly string[], problems: string[]): HostScope[] {
  const isScope = (name: string): name is HostScope => (hostScopes as readonly string[]).includes(name);
  const unknown = texts.filter((name) => !isScope(name));
  if (unknown.length > 0 || texts.length === 0) {
    const found = unknown.length > 0 ? ` ${unknown.join(", ")}: unknown.` : ": give at least one.";
    problems.push(`--scope${found} There are ${hostScopes.join(", ")}.`);
  }
  return unique(texts.filter(isScope));
}

export function readCidrs(texts: readonly string[], problems: string[]): string[] {
  return unique(
    texts.map((text) => {
      const cidr = readCidr(text);
      if (cidr === undefined) {
        problems.push(`--cidr ${text}: a network such as 203.0.113.0/24 or 2001:db8::/32, or one address.`);
      }
      return cidr ?? text;
    }),
  );
}

const unique = <Value>(values: Value[]): Value[] => [...new Set(values)];
