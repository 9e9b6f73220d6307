// `npm run demo`: sends a handful of simulated people with mixed luck through the running system's real
// sign-in, so that the console has something to show.
import { readSystem } from "./settings.mjs";

const phone =
  "Mozilla/5.0 (Linux; Android 14; PGT-AN00 Build/HONORPGT-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.120 Mobile Safari/537.36 XWEB/1220099 MMWEBSDK/20240404 MMWEBID/4975 MicroMessenger/8.0.49.2600(0x2800315A) WeChat/arm64 Weixin NetType/5G Language/zh_CN ABI/arm64";
const iphone =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/16D57 MicroMessenger/7.0.5(0x17000523) NetType/4G Language/zh_CN";
const desktop =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36";

const story = [
  { who: "alice", userAgent: phone, tells: "on Android, inside WeChat" },
  { who: "alice", userAgent: phone, again: true, tells: "comes back: no page at all" },
  { who: "alice", userAgent: desktop, tells: "scans the QR code on a desktop: the same person" },
  { who: "emoji", userAgent: iphone, tells: "a nickname with emoji, on iOS" },
  { who: "noavatar", userAgent: phone, tells: "no avatar, no unionid" },
  { who: "longname", userAgent: iphone, tells: "a very long nickname" },
  { who: "crowd-1", userAgent: phone, tells: "one of the crowd" },
  { who: "crowd-2", userAgent: iphone, tells: "one of the crowd" },
  { who: "crowd-3", userAgent: desktop, tells: "one of the crowd, by QR" },
  { who: "crowd-4", userAgent: phone, decision: "refuse", tells: "refuses to show a profile" },
  { who: "snapshot", userAgent: phone, tells: "a snapshot visitor: never stored" },
  { who: "crowd-5", userAgent: phone, fail: ["access_token", 40029], tells: "WeChat calls the code invalid" },
  { who: "crowd-6", userAgent: iphone, fail: ["access_token", 40163], tells: "the code was used before" },
  { who: "crowd-7", userAgent: phone, fail: ["access_token", -1], tells: "WeChat is busy" },
  { who: "crowd-8", userAgent: phone, fail: ["userinfo", 45011], tells: "too many calls this minute" },
  { who: "crowd-9", userAgent: desktop, fail: ["userinfo", 42001], tells: "the token expired on the way" },
  {
    who: "crowd-10",
    userAgent: phone,
    fail: ["access_token", 40125],
    tells: "as if the AppSecret had been reset",
  },
];

const system = readSystem();
process.exitCode = await main();

async function main() {
  if (!system) return 1;
  if (!system.simulated) {
    console.error("WECHAT_APPS is set: the demo only ever talks to the simulated WeChat.");
    return 1;
  }
  const up = await fetch(`${system.localUrl}/healthz`).catch(() => undefined);
  if (!up?.ok) {
    console.error(`Nothing answers at ${system.localUrl}: run \`npm start\` in another terminal first.`);
    return 1;
  }
  // The running service may have been started with other settings than this terminal has.
  const leaving = await fetch(`${system.localUrl}/login/wechat`, {
    redirect: "manual",
    headers: { "user-agent": phone },
  });
  const wechat = leaving.headers.get("location");
  if (!wechat?.startsWith(`${system.simulatorUrl}/`)) {
    console.error(
      `The service at ${system.localUrl} does not use the simulated WeChat at ${system.simulatorUrl}.`,
    );
    return 1;
  }
  const browsers = new Map();
  for (const person of story) {
    const key = `${person.who} ${person.userAgent}`;
    const browser = person.again ? browsers.get(key) : createBrowser(person);
    browsers.set(key, browser);
    if (person.fail) await failNextCall(...person.fail);
    const ending = await signIn(browser);
    console.log(`${ending.padEnd(40)} ${person.who.padEnd(9)} ${person.tells}`);
  }
  console.log(`\nNow look at ${system.publicUrl}/admin/`);
  return 0;
}

async function failNextCall(endpoint, errcode) {
  await fetch(`${system.simulatorUrl}/_simulator/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ endpoint, fault: { kind: "errcode", errcode }, times: 1 }),
  });
}

/** A browser with a cookie jar of its own, in whose hands the simulated person's decision lies. */
function createBrowser({ who, userAgent, decision = "allow" }) {
  const cookies = new Map();
  return async (url) => {
    const ours = url.origin === new URL(system.publicUrl).origin;
    const answer = await fetch(url, {
      redirect: "manual",
      headers: {
        accept: "text/html",
        "accept-language": "en",
        "user-agent": userAgent,
        ...(ours
          ? { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") }
          : { "x-simulator-person": who, "x-simulator-decision": decision }),
      },
    });
    for (const cookie of ours ? answer.headers.getSetCookie() : []) {
      const [name, value] = cookie.split(";", 1)[0].split("=");
      if (value) cookies.set(name, value);
      else cookies.delete(name);
    }
    return answer;
  };
}

/** Walks from the first click to a page; presses the one button on the way. */
async function signIn(browser) {
  let url = new URL("/login/wechat", system.publicUrl);
  for (let hop = 0; hop < 12; hop++) {
    const answer = await browser(url);
    const location = answer.headers.get("location");
    if (location) {
      url = new URL(location, url);
      continue;
    }
    const html = await answer.text();
    const next = /href="(\/login\/wechat\/profile[^"]*)"/.exec(html)?.[1];
    if (next) url = new URL(next.replaceAll("&amp;", "&"), url);
    else if (url.origin !== new URL(system.publicUrl).origin) return "stayed at WeChat";
    else if (answer.ok && url.pathname === "/") return "signed in";
    else return /<title>([^<·]*)/.exec(html)?.[1]?.trim() ?? `HTTP ${answer.status}`;
  }
  return "went round in circles";
}
