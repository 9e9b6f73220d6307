// `npm run pictures`: the pictures of both READMEs, from a running system that `npm run demo` has filled.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { readSystem } from "../scripts/settings.mjs";

/** A README is read on slow lines, too. */
const mostBytes = 200_000;
const root = fileURLToPath(new URL("../", import.meta.url));
const system = readSystem();
if (!system) process.exit(1);

const languages = [
  { locale: "en", language: "en", suffix: "" },
  { locale: "zh-CN", language: "zh", suffix: ".zh-CN" },
];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH || "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
try {
  const storageState = await signInOperator();
  for (const one of languages) {
    await takeConsole(one, storageState);
    await takeSignIn(one);
  }
} finally {
  await browser.close();
}

/** As the owner of the demo, with a new password that is forgotten at once. */
async function signInOperator() {
  const context = await browser.newContext({ locale: "en" });
  const page = await context.newPage();
  const link = execFileSync(process.execPath, ["scripts/operator.mjs", "link"], {
    cwd: root,
    encoding: "utf8",
  });
  await page.goto(link.trim());
  await page.getByLabel("Username").fill("linqing");
  await page.getByLabel("Password", { exact: true }).fill(randomBytes(18).toString("base64url"));
  await page.getByRole("button", { name: "Save and sign in" }).click();
  await page.getByRole("heading", { name: "Overview", level: 1 }).waitFor();
  return context.storageState();
}

async function takeConsole({ locale, language, suffix }, storageState) {
  const context = await browser.newContext({
    storageState,
    locale,
    timezoneId: "Asia/Shanghai",
    viewport: { width: 1280, height: 800 },
    colorScheme: "light",
    reducedMotion: "reduce",
  });
  await context.addInitScript((chosen) => localStorage.setItem("console-language", chosen), language);
  const page = await context.newPage();
  await page.goto(`${system.publicUrl}/admin/overview?range=7d`);
  await take(page, `overview${suffix}`);
  await page.goto(`${system.publicUrl}/admin/errors?state=resolved`);
  await page.getByRole("row").filter({ hasText: "40164" }).locator("a[data-row-link]").click();
  await page.getByRole("dialog").getByText("errmsg", { exact: true }).waitFor();
  await take(page, `error${suffix}`);
  await context.close();
}

/** What a new person is asked, on a phone in WeChat. */
async function takeSignIn({ locale, suffix }) {
  const context = await browser.newContext({
    locale,
    userAgent: `Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.49 Language/${locale}`,
    viewport: { width: 360, height: 640 },
    deviceScaleFactor: 2,
  });
  const page = await context.newPage();
  const person = `picture-${randomBytes(4).toString("hex")}`;
  await fetch(`${system.simulatorUrl}/_simulator/people`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ id: person, nickname: "林小满" }),
  });
  await page.setExtraHTTPHeaders({ "x-simulator-person": person });
  await page.goto(`${system.publicUrl}/login/wechat`);
  await take(page, `sign-in${suffix}`);
  await context.close();
}

async function take(page, name) {
  await page.waitForLoadState("networkidle");
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true], [data-loading]"));
  const path = `${root}docs/${name}.png`;
  await page.screenshot({ path });
  const { size } = statSync(path);
  if (size > mostBytes) throw new Error(`docs/${name}.png has ${size} bytes, more than ${mostBytes}`);
  console.log(`docs/${name}.png  ${Math.round(size / 1000)} KB`);
}
