import { describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite } from "../src/index.js";
import { isCallbackAllowed } from "../src/rules/callback-domain.js";
import { buildCallbackUrl, buildRefusalUrl } from "../src/rules/callback-url.js";
import { Apps } from "../src/stores/apps.js";

describe("a callback domain", () => {
  const isAllowed = (entry: string, url: string, options: object = { testAccount: false }) => {
    const [app] = new Apps(
      [{ ...demoOfficialAccount, ...options, callbackHosts: ["other.example", entry] }],
      [],
    ).list();
    if (!app) throw new Error("no app");
    return isCallbackAllowed(app, new URL(url));
  };

  it.each([
    ["www.example.com", "https://www.example.com/any", true],
    ["WWW.Example.com", "https://www.example.com/", true],
    ["www.example.com", "https://example.com/", false],
    ["example.com", "https://www.example.com/", false],
    ["example.com", "https://example.com.evil.example/", false],
    ["example.com/dir", "https://example.com/dir", true],
    ["example.com/dir", "https://example.com/dir/deeper", true],
    ["example.com/dir/", "https://example.com/dir", true],
    ["example.com/dir", "https://example.com/directory", false],
    ["example.com/dir", "https://example.com/", false],
    ["example.com:8080", "https://example.com:8080/", false],
  ])("%s allows %s: %s", (entry, url, expected) => {
    expect(isAllowed(entry, url)).toBe(expected);
  });

  it.each([
    ["a test account", { testAccount: true }, true],
    ["a website app", { ...demoWebsite, testAccount: false }, true],
    ["an Official Account", { testAccount: false }, false],
  ])("may have a port or not: %s", (_which, options, expected) => {
    expect(isAllowed("example.com:8080", "http://example.com:8080/cb", options)).toBe(expected);
    expect(isAllowed("example.com", "http://example.com:8080/cb", options)).toBe(false);
  });
});

describe("the address of a callback", () => {
  it.each([
    ["https://h/cb", "c", "s", "https://h/cb?code=c&state=s"],
    ["https://h/cb?a=1", "c", "s", "https://h/cb?a=1&code=c&state=s"],
    ["https://h/#/cb?x", "c", "s", "https://h/?code=c&state=s#/cb?x"],
    ["https://h/cb", "c", undefined, "https://h/cb?code=c"],
    ["https://h/cb", undefined, "%20", "https://h/cb?state=%20"],
    ["https://h/cb#f", undefined, undefined, "https://h/cb#f"],
    ["https://h/路", "c", "", "https://h/%E8%B7%AF?code=c&state="],
  ])("has code and state before the fragment: %s", (redirectUri, code, state, expected) => {
    expect(buildCallbackUrl(redirectUri, code, state)).toBe(expected);
  });

  it.each([
    ["nothing", undefined],
    ["state_only", "https://h/cb?state=s"],
    ["authdeny", "https://h/cb?code=authdeny&state=s"],
  ] as const)("after a refusal depends on the switch refusal: %s", (refusal, expected) => {
    expect(buildRefusalUrl(refusal, "https://h/cb", "s")).toBe(expected);
  });
});
