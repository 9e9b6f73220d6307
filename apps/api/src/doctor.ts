import { parseArgs } from "node:util";
import { openDatabase } from "./db/open.js";
import { createDeps } from "./domain/create-deps.js";
import { examine } from "./domain/doctor/doctor.js";
import type { Diagnosis, Finding } from "./domain/doctor/finding.js";
import { loadSettings } from "./load-settings.js";

// `npm run doctor`: what is wrong with the apps and with this server, as far as it can be checked.

const usage = "Usage: npm run doctor [-- --json] [-- --language zh]";
const silent = { info() {}, warn() {}, error() {} };

type Language = keyof Finding["text"];

const words = {
  en: {
    ...{ site: "This server", official_account: "Official Account", website: "website app" },
    ...{ ok: "ok", warning: "warning", problem: "problem", unknown: "not known" },
    ...{ operator: "an operator", developer: "a developer" },
  },
  zh: {
    ...{ site: "本服务", official_account: "公众号", website: "网站应用" },
    ...{ ok: "正常", warning: "注意", problem: "问题", unknown: "未知" },
    ...{ operator: "由运维处理", developer: "由开发处理" },
  },
};

try {
  const { json, language } = readArguments();
  const settings = loadSettings(process.env);
  const db = await openDatabase(settings);
  const deps = createDeps({ settings, db, now: () => new Date(), log: silent });
  const diagnosis = await examine(deps);
  process.stdout.write(json ? `${JSON.stringify(diagnosis, null, 2)}\n` : describe(diagnosis, language));
  const findings = [diagnosis.site, ...diagnosis.apps.map((app) => app.findings)].flat();
  if (findings.some(({ state }) => state === "problem")) process.exitCode = 1;
  await db.close();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : "The checks could not be made."}\n`);
  process.exitCode = 1;
}

function readArguments(): { json: boolean; language: Language } {
  try {
    const { json = false, language = "en" } = parseArgs({
      options: { json: { type: "boolean" }, language: { type: "string" } },
    }).values;
    if (language === "en" || language === "zh") return { json, language };
  } catch {} // the usage says what is possible
  throw new Error(`The options are --json, and --language en or zh.\n${usage}`);
}

function describe({ site, apps }: Diagnosis, language: Language): string {
  const names = words[language];
  const sections = [
    { title: names.site, findings: site },
    ...apps.map(({ key, kind, findings }) => ({ title: `${key} (${names[kind]})`, findings })),
  ];
  return sections
    .map(({ title, findings }) => `${title}\n${findings.map((one) => lineOf(one, language)).join("")}`)
    .join("\n");
}

function lineOf({ state, actor, text, remedy }: Finding, language: Language): string {
  const names = words[language];
  const line = `  ${names[state].padEnd(9)}  ${text[language]}\n`;
  if (!remedy) return line;
  const who = actor === null ? "" : ` (${names[actor]})`;
  return `${line}  ${" ".repeat(9)}  → ${remedy[language]}${who}\n`;
}
