import { describe, expect, it } from "vitest";
import { avatarOrigins, shownAvatar } from "../src/domain/identity/avatars.js";

const [real, simulated] = [{ simulatorUrl: undefined }, { simulatorUrl: "http://127.0.0.1:4010" }];

describe("shownAvatar", () => {
  it.each([
    "https://thirdwx.qlogo.cn/mmopen/vi_32/abc/132",
    "https://wx.qlogo.cn/mmopen/abc/0?x=1",
    "https://wx.qlogo.cn:443/abc",
    "HTTPS://WX.QLOGO.CN/abc",
  ])("shows an address of WeChat's as it is: %s [T58]", (address) => {
    expect(shownAvatar(real, address)).toBe(new URL(address).href);
    expect(shownAvatar(simulated, address)).toBe(new URL(address).href);
  });

  it.each([
    ["of another scheme", "http://thirdwx.qlogo.cn/abc"],
    ["of another scheme", "http://wx.qlogo.cn/abc"],
    ["of another port", "https://wx.qlogo.cn:8443/abc"],
    ["with a user name", "https://someone@wx.qlogo.cn/abc"],
    ["with a password", "https://:word@wx.qlogo.cn/abc"],
    ["of a host above", "https://qlogo.cn/abc"],
    ["of a host below", "https://evil.wx.qlogo.cn/abc"],
    ["of a host that begins the same", "https://wx.qlogo.cn.evil.example/abc"],
    ["without a scheme", "//wx.qlogo.cn/abc"],
    ["of a script", "javascript:alert(1)"],
    ["that is none", "a picture"],
    ["that is empty", ""],
    ["that is missing", null],
  ])("does not show an address %s: %s [T58]", (_, address) => {
    expect(shownAvatar(real, address)).toBeNull();
    expect(shownAvatar(simulated, address)).toBeNull();
  });

  it("shows a simulator's avatar where this server calls that simulator, and nowhere else [T58]", () => {
    const address = "http://127.0.0.1:4010/avatars/alice.svg";
    expect(shownAvatar(simulated, address)).toBe(address);
    expect(shownAvatar(real, address)).toBeNull();
    expect(shownAvatar({ simulatorUrl: "http://127.0.0.1:4011" }, address)).toBeNull();
  });

  it("allows the origins that avatarOrigins names for the Content-Security-Policy [T53]", () => {
    const wechat = ["https://thirdwx.qlogo.cn", "https://wx.qlogo.cn"];
    expect(avatarOrigins(real)).toEqual(wechat);
    expect(avatarOrigins(simulated)).toEqual([...wechat, "http://127.0.0.1:4010"]);
  });
});
