// WeChat's answers with the fields that a test wants to bend, for the simulator's fault of the kind `body`.

/** GET /sns/oauth2/access_token, as a whole and good answer unless told otherwise; `undefined` leaves a field out. */
export const tokenAnswer = (fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    access_token: "access-token-of-a-test",
    expires_in: 7200,
    refresh_token: "refresh-token-of-a-test",
    openid: "oTestTestTestTestTestTestTest",
    scope: "snsapi_userinfo",
    ...fields,
  });

/** GET /sns/userinfo, likewise. */
export const profileAnswer = (fields: Record<string, unknown> = {}): string =>
  JSON.stringify({
    openid: "oTestTestTestTestTestTestTest",
    nickname: "Test",
    sex: 0,
    headimgurl: "",
    privilege: [],
    ...fields,
  });
