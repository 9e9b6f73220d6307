import { describe, expect, it } from "vitest";
import { translateError } from "../src/panel/error-translations.js";

describe("an error of the control API, in Chinese on the panel", () => {
  it.each([
    [
      "a person's id is 1 to 40 lower-case letters, digits and hyphens",
      "id 须为 1 到 40 个小写字母、数字或连字符",
    ],
    ["the person id alice is taken", "id alice 已被使用"],
    ["no person has the id zoe", "没有该用户"],
    ["no app has the appid wx0000000000000000", "没有 appid 为 wx0000000000000000 的应用"],
    ["times must be a whole number from 1 to 1000", "times 须为 1 到 1000 的整数"],
    ["limits.daily.token must be a whole number from 0 to 9", "上限 daily.token 须为 0 到 9 的整数"],
    ["only an Official Account verifies its callback domains", "只有公众号需要校验域名"],
    ["a callback host is host, host:port or host/dir", "回调域名须为 host、host:port 或 host/dir"],
    ["an account has at most 3 callback hosts", "一个公众号最多 3 个回调域名"],
    ["a.txt could not be fetched from shop.example", "无法从 shop.example 取得 a.txt"],
    ["a.txt at shop.example answers HTTP 404, not 200", "shop.example 上的 a.txt 返回 HTTP 404，而不是 200"],
    [
      "a.txt at shop.example does not contain exactly its token",
      "shop.example 上的 a.txt 内容与文件名中的字符串不一致",
    ],
    ["seconds must be a number of seconds from 0.1 to 60", "seconds 须为 0.1 到 60 秒"],
    ["advanceSeconds must be a number from 1 to 99", "只能前进 1 到 99 秒"],
    ["the clock can be at most 99 seconds ahead of its start", "时钟累计最多前进 99 秒"],
    ["share must be a number above 0 and up to 1", "百分比须大于 0，不超过 100"],
    [
      "a page cannot fail by delay; authorize accepts errcode",
      "页面 authorize 不能以 delay 失败；可选：errcode",
    ],
    ["the errcode of a page must be one of 10003, 10004", "页面的 errcode 须为以下之一：10003, 10004"],
    ["nickname must be a string of at most 64 characters", "nickname 须为不超过 64 个字符的文字"],
    [
      "the person id zoe belonged to a deleted person; a new account needs another one",
      "id zoe 属于已注销的用户；新账号须用别的 id",
    ],
    ["decision must be one of allow, refuse", "decision 须为以下之一：allow, refuse"],
    ["no such preset", "没有这一项"],
    ["no such switch", "没有这一项"],
  ])("is translated with its values: %s", (english, chinese) => {
    expect(translateError(english)).toBe(chinese);
  });

  it("has no translation where none is written", () => {
    expect(translateError("something else")).toBeUndefined();
  });
});
