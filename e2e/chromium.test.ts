import { describe, expect, it } from "vitest";
import { chromiumPath } from "./support/chromium.js";

const onlyHere = (path: string) => (file: unknown) => file === path;
const nowhere = () => false;

describe("the browser tests", () => {
  it.each([
    ["Debian's Chromium", {}, "/usr/bin/chromium"],
    ["Chrome", {}, "/usr/bin/google-chrome"],
    ["the program that CHROMIUM_PATH names", { CHROMIUM_PATH: "/opt/chromium" }, "/opt/chromium"],
  ])("run in %s", (_, env, path) => {
    expect(chromiumPath(env, onlyHere(path))).toBe(path);
  });

  it("run in Chromium's headless shell where it is installed beside Chromium", () => {
    expect(chromiumPath({}, (path) => /^\/usr\/bin\/chromium(-headless-shell)?$/.test(path))).toBe(
      "/usr/bin/chromium-headless-shell",
    );
  });

  it("fail on a machine without Chromium, and say how to install it or to skip them", () => {
    expect(() => chromiumPath({}, nowhere)).toThrow(
      /apt-get install chromium-headless-shell.*CHROMIUM_PATH.*SKIP_TESTS=chromium/,
    );
    expect(() => chromiumPath({ SKIP_TESTS: "chrome,redis" }, nowhere)).toThrow("No Chromium");
  });

  it("fail where CHROMIUM_PATH names no file, although there is another Chromium", () => {
    const env = { CHROMIUM_PATH: "/opt/missing" };
    expect(() => chromiumPath(env, onlyHere("/usr/bin/chromium"))).toThrow("CHROMIUM_PATH is /opt/missing");
  });

  it.each(["chromium", "redis, chromium"])(
    "are skipped where SKIP_TESTS is %j, with Chromium or without",
    (names) => {
      expect(chromiumPath({ SKIP_TESTS: names }, nowhere)).toBeUndefined();
      expect(chromiumPath({ SKIP_TESTS: names }, () => true)).toBeUndefined();
    },
  );
});
