// The browsers of people who sign in. Each sign-in is one browser without cookies.
import { request } from "undici";
import { callbackOf } from "../people.mjs";
import { publicUrl } from "./site.mjs";

let browsers = 0;

/**
 * Signs in one person: the start, and the callback to which WeChat would redirect.
 *
 * @param server.sources how many addresses the browsers have together; each one of its own by default
 * @param number of the person
 * @throws unless it ends in a redirect with a session
 */
export async function signIn({ url, start, dispatcher, sources = 2 ** 24 }, number) {
  browsers = (browsers + 1) % sources;
  const headers = {
    "user-agent":
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
    "x-forwarded-for": `10.${(browsers >> 16) & 255}.${(browsers >> 8) & 255}.${browsers & 255}`,
    "x-forwarded-proto": "https",
    host: new URL(publicUrl).host,
    origin: publicUrl,
  };
  const { path, method = "GET", body } = start;
  const type = body && { "content-type": "application/json" };
  const begun = await request(url + path, { dispatcher, method, body, headers: { ...headers, ...type } });
  const text = await begun.body.text();
  const wechat = new URL(begun.headers.location ?? JSON.parse(text).url);

  const back = new URL(wechat.searchParams.get("redirect_uri"));
  back.searchParams.set("code", callbackOf(number).code);
  back.searchParams.set("state", wechat.searchParams.get("state"));
  const ended = await request(url + back.pathname + back.search, {
    ...{ dispatcher, headers: { ...headers, cookie: cookieOf(begun) } },
  });
  await ended.body.dump();
  const { location } = ended.headers;
  if (ended.statusCode >= 400 || !location || location.includes("error") || !cookieOf(ended)) {
    throw new Error(`a sign-in ended with ${ended.statusCode} at ${location}`);
  }
}

const cookieOf = ({ headers }) =>
  [headers["set-cookie"] ?? []]
    .flat()
    .map((set) => set.split(";", 1)[0])
    .join("; ");
