import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from "playwright-core";

/** First Chromium without windows: the same engine opens a page in half the time. */
const places = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:/Program Files/Google/Chrome/Application/chrome.exe",
];

type Settings = { readonly [name: string]: string | undefined };

/**
 * The Chromium for the browser tests. None is ever downloaded for a test.
 *
 * @returns undefined where SKIP_TESTS names chromium.
 * @throws where there is none: a skip must be asked for, or a machine without Chromium looks as if all tests passed.
 */
export function chromiumPath(
  env: Settings = process.env,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  if ((env.SKIP_TESTS ?? "").split(",").some((name) => name.trim() === "chromium")) return undefined;
  const { CHROMIUM_PATH: named } = env;
  if (named && !exists(named)) throw new Error(`CHROMIUM_PATH is ${named}: no such file.`);
  const path = named || places.find((place) => exists(place));
  if (path) return path;
  throw new Error(
    "No Chromium on this machine: install it (Debian: apt-get install chromium-headless-shell), set CHROMIUM_PATH, or skip its tests with SKIP_TESTS=chromium.",
  );
}

/** @returns undefined where the browser tests are to be skipped, with `noChromium` as the reason. */
export async function launchChromium(): Promise<Browser | undefined> {
  const executablePath = chromiumPath();
  if (!executablePath) return undefined;
  const args = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-sync",
    `--host-resolver-rules=${onlyThisMachine}`,
    ...cheaperPages,
  ];
  return chromium.launch({ executablePath, args });
}

/** Without them, half of a page's time goes to processes (one for each site, and a spare one) and to the compilation of fast code. */
const cheaperPages = [
  "--renderer-process-limit=1",
  "--disable-site-isolation-trials",
  "--in-process-gpu",
  "--enable-features=NetworkServiceInProcess2",
  "--js-flags=--no-opt --no-maglev",
];

export const noChromium = "SKIP_TESTS names chromium";

const agents = {
  android:
    "Mozilla/5.0 (Linux; Android 14; PGT-AN00 Build/HONORPGT-AN00; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0.6261.120 Mobile Safari/537.36 XWEB/1220099 MMWEBSDK/20240404 MMWEBID/4975 MicroMessenger/8.0.49.2600(0x2800315A) WeChat/arm64 Weixin NetType/5G Language/zh_CN ABI/arm64",
  ios: "Mozilla/5.0 (iPhone; CPU iPhone OS 12_1_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/16D57 MicroMessenger/7.0.5(0x17000523) NetType/4G Language/zh_CN",
};

/** A phone with WeChat's own browser. */
export const wechatPhone = (
  browser: Browser,
  system: keyof typeof agents,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> =>
  openContext(browser, {
    userAgent: agents[system],
    locale: "en",
    viewport: { width: 360, height: 740 },
    hasTouch: true,
    isMobile: true,
    ...options,
  });

export const desktop = (browser: Browser): Promise<BrowserContext> =>
  openContext(browser, { locale: "en", viewport: { width: 1280, height: 800 } });

/** A simulated avatar's address fails at once instead of after a time-out. A route that refuses it would turn the cache off. */
const onlyThisMachine = "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1";

/** Nothing moves. */
export const openContext = (browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> =>
  browser.newContext({ reducedMotion: "reduce", ...options });
