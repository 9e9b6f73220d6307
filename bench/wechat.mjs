// A process that answers the two calls of a sign-in like WeChat: small JSON as text/plain without a charset, HTTP 200.
// It checks nothing and spends no code, to use as little CPU as possible next to the measured process.
import { createServer } from "node:http";
import { openidOf, personOf } from "./people.mjs";
import { handleCalls } from "./process.mjs";

const bodies = {
  "/sns/oauth2/access_token": (query) => {
    const openid = openidOf(query.get("code"));
    return {
      access_token: `87_${openid}${"t".repeat(80)}`,
      expires_in: 7200,
      refresh_token: `87_${openid}${"r".repeat(80)}`,
      openid,
      scope: "snsapi_userinfo",
      unionid: personOf(openid).unionid,
    };
  },
  "/sns/userinfo": (query) => personOf(query.get("openid")),
};

const server = createServer((request, response) => {
  const [path, query] = request.url.split("?");
  const text = JSON.stringify(bodies[path](new URLSearchParams(query)));
  response.writeHead(200, { "content-type": "text/plain", "content-length": Buffer.byteLength(text) });
  response.end(text);
});
// Longer than a round, so that contenders that keep connections by default never have to reconnect between rounds.
server.keepAliveTimeout = 120_000;

handleCalls({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
    }),
});
