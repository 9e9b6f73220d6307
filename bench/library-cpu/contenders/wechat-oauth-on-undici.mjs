// Ours with its `fetch` option: undici's `request`, which does without the streams and signals that fetch makes.
import { Agent, request } from "undici";
import { readCallback, WeChatOAuthClient } from "wechat-oauth";

// The whole body is read before the library sees it, so the cap on its size has to be undici's.
const dispatcher = new Agent({ maxResponseSize: 262_144 });

/** As much of fetch as the library asks for. Redirects are not followed: undici's `request` never does. */
async function undiciFetch(url, { method = "GET", headers, body, signal }) {
  const answer = await request(url, { dispatcher, method, headers, body, signal });
  const chunks = [await answer.body.bytes()];
  const read = async () => ({ done: chunks.length === 0, value: chunks.pop() });
  return { status: answer.statusCode, body: { getReader: () => ({ read }) } };
}

export function create(options) {
  const wechat = new WeChatOAuthClient({ ...options, fetch: undiciFetch });
  const claimState = (state) => state;
  return async ({ url }) => {
    const callback = await readCallback(url, { claimState });
    if (callback.kind !== "grant") throw new Error(`the callback is a ${callback.kind}`);
    return wechat.getUserInfo(await wechat.exchangeCode(callback));
  };
}
