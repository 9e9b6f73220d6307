// WeChat's responses with fields that a test overrides, for the simulator's fault of kind `body`.

/** GET /sns/oauth2/access_token: a complete, successful response; `undefined` removes a field. */
export const tokenResponse = (fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    access_token: "access-token-of-a-test",
    expires_in: 7200,
    refresh_token: "refresh-token-of-a-test",
    openid: "oTestTestTestTestTestTestTest",
    scope: "snsapi_userinfo",
    ...fields,
  });

/** GET /sns/userinfo: a complete, successful response; `undefined` removes a field. */
export const profileResponse = (fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    openid: "oTestTestTestTestTestTestTest",
    nickname: "Test",
    sex: 0,
    headimgurl: "",
    privilege: [],
    ...fields,
  });
