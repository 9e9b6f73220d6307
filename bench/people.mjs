// The people who sign in. Everything derives from a number, so that every contender gets the same people.
import { createHash } from "node:crypto";

/** One person's callback, with values of the same form and length as those of WeChat. */
export function callbackOf(number) {
  const code = `0${String(number).padStart(31, "0")}`;
  const state = String(number).padStart(32, "a");
  return { code, state, url: `https://www.example.com/login/callback?code=${code}&state=${state}` };
}

/** As random as WeChat's: what repeats one character is taken for a placeholder. */
export function openidOf(code) {
  return `oB${createHash("sha256").update(code).digest("base64url").slice(0, 26)}`;
}

/** The answer of sns/userinfo. */
export function personOf(openid) {
  return {
    openid,
    nickname: "微信用户 Alice 🌿",
    sex: 0,
    language: "",
    city: "",
    province: "",
    country: "",
    headimgurl: `https://thirdwx.qlogo.cn/mmopen/vi_32/${"Q0j4TwGTfTL".repeat(8)}/132`,
    privilege: [],
    unionid: `oU${openid.slice(-26)}`,
  };
}
