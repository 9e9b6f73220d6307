import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mpVerifyFile, wxLoginOptions } from "../src/index.js";

const appId = "wx0123456789abcdef";
const state = "3a6eb0790f39ac87c94f3856b2dd2c5d";
const redirectUri = "https://www.example.com/callback?a=1&b=2";
const least = { id: "qr", appId, redirectUri, state };

describe("the options of the embedded QR code", () => {
  it("have the names that WeChat's script reads and an encoded redirect_uri", () => {
    expect(wxLoginOptions(least)).toEqual({
      self_redirect: false,
      id: "qr",
      appid: appId,
      scope: "snsapi_login",
      redirect_uri: "https%3A%2F%2Fwww.example.com%2Fcallback%3Fa%3D1%26b%3D2",
      state,
    });
  });

  it("have the optional settings under the names that the script reads", () => {
    const href = "data:text/css;base64,LnRpdGxlIHsgZGlzcGxheTogbm9uZSB9";
    expect(
      wxLoginOptions({
        ...least,
        selfRedirect: true,
        style: "white",
        href,
        styleLite: true,
        fastLogin: false,
      }),
    ).toMatchObject({ self_redirect: true, style: "white", href, stylelite: 1, fast_login: 0 });
  });

  it("leave WeChat's defaults alone", () => {
    const options = wxLoginOptions({ ...least, styleLite: false, fastLogin: true });
    expect(Object.keys(options)).toEqual(["self_redirect", "id", "appid", "scope", "redirect_uri", "state"]);
  });

  it("keep the callback URL intact and can be sent as JSON", () => {
    const uri = fc.webUrl({ withQueryParameters: true }).filter((url) => !/[?&](code|state)=/.test(url));
    fc.assert(
      fc.property(uri, (redirectUri) => {
        const options = wxLoginOptions({ ...least, redirectUri });
        expect(decodeURIComponent(options.redirect_uri)).toBe(redirectUri);
        expect(options.redirect_uri).toMatch(/^[A-Za-z0-9%._~!'()*-]+$/);
        expect(JSON.parse(JSON.stringify(options))).toEqual(options);
      }),
    );
  });

  it.each([
    ["an empty id", { id: "" }, "id"],
    ["an empty appId", { appId: "" }, "appId"],
    ["a state with a hyphen", { state: "a-b" }, "state"],
    ["a relative redirectUri", { redirectUri: "/cb" }, "redirectUri"],
    [
      "a redirectUri with a #, where quick login would lose the code",
      { redirectUri: "https://e.com/#/cb" },
      "#",
    ],
    ["CSS over plain http", { href: "http://www.example.com/qr.css" }, "href"],
    ["CSS that is script", { href: "javascript:alert(1)" }, "href"],
    ["CSS of another data type", { href: "data:text/html;base64,PGI+" }, "href"],
  ])("are refused for %s", (_, change, named) => {
    expect(() => wxLoginOptions({ ...least, ...change })).toThrow(TypeError);
    expect(() => wxLoginOptions({ ...least, ...change })).toThrow(named);
  });
});

describe("the file that verifies a domain", () => {
  it.each(["HzPnYOUNdYYAAAAA", "HzPnYOUNdYYAAAAA\n", "\ufeffHzPnYOUNdYYAAAAA\r\n"])(
    "is served at the root with its token alone: %j",
    (content) => {
      expect(mpVerifyFile("MP_verify_HzPnYOUNdYYAAAAA.txt", content)).toEqual({
        path: "/MP_verify_HzPnYOUNdYYAAAAA.txt",
        body: "HzPnYOUNdYYAAAAA",
      });
    },
  );

  it.each([
    "MP_verify_.txt",
    "MP_verify_HzPnYOUNdYYAAAA.txt",
    "MP_verify_../../../etc/pwd.txt",
    "/MP_verify_HzPnYOUNdYYAAAAA.txt",
    "MP_verify_HzPnYOUNdYYAAAAA.txt\n",
    "mp_verify_HzPnYOUNdYYAAAAA.txt",
    "index.html",
  ])("cannot have the name %j", (name) => {
    expect(() => mpVerifyFile(name, "HzPnYOUNdYYAAAAA")).toThrow(TypeError);
  });

  it.each(["", "HzPnYOUNdYYAAAAB", "<html>HzPnYOUNdYYAAAAA</html>"])(
    "cannot have the content %j",
    (content) => {
      expect(() => mpVerifyFile("MP_verify_HzPnYOUNdYYAAAAA.txt", content)).toThrow("content");
    },
  );
});
