import type { FastifyReply, FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { Cookies, readCookie } from "../src/http/cookies.js";

const plain = new Cookies(new URL("http://localhost:4000"));
const secure = new Cookies(new URL("https://login.example.com"));

const asking = (cookie?: string) => ({ headers: cookie === undefined ? {} : { cookie } }) as FastifyRequest;

/** The Set-Cookie lines that this makes. */
function linesOf(make: (reply: FastifyReply) => void): string[] {
  const lines: string[] = [];
  make({
    header: (name: string, value: string) => {
      expect(name).toBe("set-cookie");
      lines.push(value);
    },
  } as unknown as FastifyReply);
  return lines;
}

describe("a cookie that the browser brings", () => {
  it.each([
    ["wl_session=a", "a"],
    ["other=x; wl_session=a; another=y", "a"],
    ["  wl_session=a  ;x", "a"],
    ["wl_session=a=b==", "a=b=="],
    ["wl_session=", ""],
    ["wl_session", ""],
    ["xwl_session=a", undefined],
    ["wl_sessionx=a", undefined],
    ["WL_SESSION=a", undefined],
    ["wl_session=a; wl_session=b", undefined],
    ["wl_session=a; wl_session=a", undefined],
    ["wl_session=a; wl_session=", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("T28: counts by its whole name, and only when it comes once: %j", (header, expected) => {
    expect(plain.read(asking(header), "session")).toBe(expected);
    expect(readCookie(asking(header), "wl_session")).toBe(expected);
  });

  it("T21: counts under https only with the prefix that keeps siblings from planting it", () => {
    expect(secure.read(asking("wl_session=planted"), "session")).toBeUndefined();
    expect(secure.read(asking("__Host-wl_session=own; wl_session=planted"), "session")).toBe("own");
    expect(plain.read(asking("__Host-wl_session=own"), "session")).toBeUndefined();
  });
});

describe("the secrets that name a browser", () => {
  it("T7: are the lasting one and one for each young journey, in the order they come", () => {
    const header = "wl_browser_aaaaaa=one; wl_session=s; wl_browser=two; wl_browserx=no; xwl_browser_b=no";
    expect(plain.browserSecrets(asking(header))).toEqual(["one", "two"]);
    expect(secure.browserSecrets(asking(header))).toEqual([]);
    expect(secure.browserSecrets(asking("__Host-wl_browser=a; __Host-wl_browser_b=c"))).toEqual(["a", "c"]);
  });

  it("T28: leave out a name that comes twice", () => {
    const header = "wl_browser=a; wl_browser=b; wl_browser_c=d; wl_browser_e=f; wl_browser_e=f";
    expect(plain.browserSecrets(asking(header))).toEqual(["d"]);
  });

  it("T97: are ten at most", () => {
    const header = Array.from({ length: 30 }, (_, n) => `wl_browser_${n}=${n}`).join("; ");
    expect(plain.browserSecrets(asking(header))).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });
});

describe("a cookie that we set", () => {
  it.each([
    ["session", "Lax"],
    ["browser", "Lax"],
    ["signed_out", "Lax"],
    ["operator", "Strict"],
  ] as const)("T21: %s is HttpOnly, for the whole host, and %s", (name, site) => {
    expect(linesOf((reply) => plain.set(reply, name, "v", 60))).toEqual([
      `wl_${name}=v; Path=/; HttpOnly; SameSite=${site}; Max-Age=60`,
    ]);
    expect(linesOf((reply) => secure.set(reply, name, "v", 60))).toEqual([
      `__Host-wl_${name}=v; Path=/; HttpOnly; SameSite=${site}; Max-Age=60; Secure`,
    ]);
    expect(linesOf((reply) => secure.clear(reply, name))).toEqual([
      `__Host-wl_${name}=; Path=/; HttpOnly; SameSite=${site}; Max-Age=0; Secure`,
    ]);
  });

  it("T7: names a new browser for a year, and its first journey for that journey's life", () => {
    const journey = { id: "01ABCDEFGHJKMNPQRSTVUVWXYZ", seconds: 600 };
    expect(linesOf((reply) => plain.nameBrowser(reply, "s", journey))).toEqual([
      "wl_browser=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
      "wl_browser_UVWXYZ=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=600",
    ]);
  });
});
