import { describe, expect, it } from "vitest";
import { linkTo, startUrl } from "../src/http/start-url.js";

const [client, nonce] = ["shop", "n0nce-of-the-shop~1"];
const returnTo = "https://shop.example/back?a=1&b=2";

describe("a link that begins a sign-in", () => {
  it.each([
    [{}, "/login/wechat"],
    [{ returnTo: "/", tap: false, profile: false }, "/login/wechat"],
    [{ returnTo: "/orders?a=1" }, "/login/wechat?return_to=%2Forders%3Fa%3D1"],
    [{ tap: true, app: "oa" }, "/login/wechat?app=oa&tap=1"],
    [{ tap: true, profile: true }, "/login/wechat?tap=1&profile=1"],
    [{ again: "01M8", app: "web", tap: true }, "/login/wechat?again=01M8&app=web&tap=1"],
    [
      { client, nonce, returnTo, tap: true },
      "/login/wechat?client=shop&return_to=https%3A%2F%2Fshop.example%2Fback%3Fa%3D1%26b%3D2&nonce=n0nce-of-the-shop%7E1&tap=1",
    ],
  ])("names what it is for, and nothing that goes without saying: %j", (about, url) => {
    expect(startUrl(about)).toBe(url);
  });

  it.each([
    [{}, { returnTo }],
    [{ app: "oa", tap: "1" }, { returnTo }],
    [
      { client, nonce },
      { client, nonce, returnTo },
    ],
    [{ client }, { returnTo }],
    [{ nonce }, { returnTo }],
    [{ client: [client, client], nonce }, { returnTo }],
    [{ client, nonce: [nonce] }, { returnTo }],
    [{ again: "01M8", client, nonce }, { again: "01M8" }],
    [{ again: ["01M8"] }, { returnTo }],
  ])("carries from a link before it what was checked together: %j", (query, carried) => {
    expect(linkTo(query, returnTo)).toEqual(carried);
  });
});
