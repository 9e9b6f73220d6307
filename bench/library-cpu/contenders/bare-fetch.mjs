// The minimum: both requests and both answers parsed, without any check.
export function create({ apiUrl, appId, appSecret }) {
  const get = async (path) => JSON.parse(await (await fetch(`${apiUrl}${path}`)).text());
  return async ({ code }) => {
    const { access_token, openid } = await get(
      `/sns/oauth2/access_token?appid=${appId}&secret=${appSecret}&code=${code}&grant_type=authorization_code`,
    );
    return get(`/sns/userinfo?access_token=${access_token}&openid=${openid}`);
  };
}
