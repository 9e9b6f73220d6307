import type { FastifyReply, FastifyRequest } from "fastify";
import { describe, expect, it } from "vitest";
import { Cookies, readCookie } from "../src/http/cookies.js";

const plain = new Cookies(new URL("http://localhost:4000"));
const secure = new Cookies(new URL("https://login.example.com"));

const asking = (cookie?: string) => ({ headers: cookie === undefined ? {} : { cookie } }) as FastifyRequest;

/** The Set-Cookie lines that this function sets. */
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

describe("a cookie in a request", () => {
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
  ])("counts only under its exact name and only if it occurs once: %j [T28]", (header, expected) => {
    expect(plain.read(asking(header), "session")).toBe(expected);
    expect(readCookie(asking(header), "wl_session")).toBe(expected);
  });

  it("counts under https only with the __Host- prefix, which a sibling domain cannot set [T21]", () => {
    expect(secure.read(asking("wl_session=planted"), "session")).toBeUndefined();
    expect(secure.read(asking("__Host-wl_session=own; wl_session=planted"), "session")).toBe("own");
    expect(plain.read(asking("__Host-wl_session=own"), "session")).toBeUndefined();
  });
});

describe("the secrets of a browser", () => {
  it("are the permanent one and one per recent sign-in, in the order of the header [T7]", () => {
    const header = "wl_browser_aaaaaa=one; wl_session=s; wl_browser=two; wl_browserx=no; xwl_browser_b=no";
    expect(plain.browserSecrets(asking(header))).toEqual(["one", "two"]);
    expect(secure.browserSecrets(asking(header))).toEqual([]);
    expect(secure.browserSecrets(asking("__Host-wl_browser=a; __Host-wl_browser_b=c"))).toEqual(["a", "c"]);
  });

  it("exclude a cookie that occurs twice [T28]", () => {
    const header = "wl_browser=a; wl_browser=b; wl_browser_c=d; wl_browser_e=f; wl_browser_e=f";
    expect(plain.browserSecrets(asking(header))).toEqual(["d"]);
  });

  it("are at most ten [T97]", () => {
    const header = Array.from({ length: 30 }, (_, n) => `wl_browser_${n}=${n}`).join("; ");
    expect(plain.browserSecrets(asking(header))).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
  });
});

describe("a cookie that the server sets", () => {
  it.each([
    ["session", "Lax"],
    ["browser", "Lax"],
    ["signed_out", "Lax"],
    ["operator", "Strict"],
  ] as const)("named %s is HttpOnly, valid for the whole host and SameSite=%s [T21]", (name, site) => {
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

  it("lasts a year for a new browser, and as long as the sign-in for its first sign-in [T7]", () => {
    const signIn = { id: "01ABCDEFGHJKMNPQRSTVUVWXYZ", seconds: 600 };
    expect(linesOf((reply) => plain.setBrowserSecret(reply, "s", signIn))).toEqual([
      "wl_browser=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000",
      "wl_browser_UVWXYZ=s; Path=/; HttpOnly; SameSite=Lax; Max-Age=600",
    ]);
  });
});
