// Who signs in. All follows from a number, so that every contender sees the same people.

/** One arrival at the callback, of shapes and lengths as WeChat's. */
export function arrival(number) {
  const code = `0${String(number).padStart(31, "0")}`;
  const state = String(number).padStart(32, "a");
  return { code, state, url: `https://www.example.com/login/callback?code=${code}&state=${state}` };
}

export function openidOf(code) {
  return `oB${code.slice(-26)}`;
}

/** What sns/userinfo says about them. */
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
