// A process that answers the two calls of a sign-in as WeChat does: small JSON as text/plain without a charset,
// HTTP 200. It checks nothing and spends no code, so that it costs as little as possible beside who is measured.
import { createServer } from "node:http";
import { answer } from "../process.mjs";
import { openidOf, personOf } from "./people.mjs";

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
// Each contender keeps its connections, or not, as it does by default: no round pays for another's turn.
server.keepAliveTimeout = 120_000;

answer({
  listen: () =>
    new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${server.address().port}`));
    }),
});
