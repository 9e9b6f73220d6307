// One sign-in with the built package, in plain JavaScript, for any runtime:
//   <runtime> smoke.mjs <URL of the package's index.js> <base URL of a WeChat> <"fetch" or "node">
// "node" uses Node's HTTP client, from node.js beside index.js. Prints the result as one line of JSON.

const [library, apiUrl, way] = (globalThis.Deno?.args ?? process.argv.slice(2)).slice(-3);
const { createState, readCallback, readUserAgent, signJsSdk, WeChatOAuthClient } = await import(library);

const appId = "wx0123456789abcdef";
const appSecret = "5ec2e75ec2e75ec2e75ec2e75ec2e75e";
const transport = way === "node" ? (await import(new URL("./node.js", library))).nodeTransport() : undefined;
const wechat = new WeChatOAuthClient({ appId, appSecret, apiUrl, transport, timeoutMs: 4000 });

const state = createState();
const pending = new Set([state]);
const claimState = (claimed) => pending.delete(claimed) || undefined;
const url = `https://www.example.com/callback?code=071AbCdEfGhIjKlMnOpQrStUvWxYz012&state=${state}`;
const callback = await readCallback(url, { claimState });
const again = await readCallback(url, { claimState });

const tokens = await wechat.exchangeCode(callback);
const info = await wechat.getUserInfo(tokens);
const failure = await wechat.refreshTokens("61_dead").catch((error) => error);
const signed = await signJsSdk({
  ticket: "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
  nonceStr: "Wm3WZYTPz0wzccnW",
  timestamp: 1414587457,
  url: "http://mp.weixin.qq.com?params=value",
});

console.log(
  JSON.stringify({
    state,
    callback: callback.kind,
    again: again.kind,
    openid: tokens.openid,
    nickname: info.nickname,
    failure: { name: failure.name, errcode: failure.errcode, rid: failure.rid },
    signature: signed.signature,
    client: readUserAgent("MicroMessenger/8.0.49").client,
    printed: JSON.stringify(wechat),
  }),
);
