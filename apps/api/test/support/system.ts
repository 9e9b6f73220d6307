import { rmSync } from "node:fs";
import { type Simulator, startSimulator } from "@wechat-login/simulator";
import { renderPage } from "../../../login/src/pages.js";
import { type App, type AppParts, buildApp } from "../../src/app.js";
import type { Database } from "../../src/db/database.js";
import type { Settings } from "../../src/env.js";
import type { PageSource } from "../../src/http/pages.js";
import { loadSettings } from "../../src/load-settings.js";
import { Browser, type BrowserOptions } from "./browser.js";
import { testDatabase } from "./engine.js";
import { newLedgerPath } from "./erasure-ledger.js";
import { freePort } from "./free-port.js";
import { quickPasswordCost } from "./password-cost.js";

export interface SystemOptions {
  /** Environment variables, as an operator would set them. */
  env?: Record<string, string>;
  /** An open database, for a restart; otherwise an empty one is created. */
  db?: Database;
  /** A simulator that is kept when the system restarts. */
  simulator?: Simulator;
  port?: number;
  /** Where the HTML of the login pages comes from; by default what apps/login renders. */
  pages?: PageSource;
  /** When lists that are watched are looked at. */
  live?: AppParts["live"];
  /** How long an export may be silent while it searches. */
  exports?: AppParts["exports"];
  /** The time at the start; the current time by default. */
  at?: Date;
}

/** The real application on a real port, with the simulator as WeChat and a movable clock. */
export interface System {
  url: string;
  port: number;
  app: App;
  db: Database;
  settings: Settings;
  simulator: Simulator;
  officialAccount: { appId: string; appSecret: string };
  website: { appId: string; appSecret: string };
  /** Every line of the log so far. */
  logLines: string[];
  /** Moves the clocks of the application and the simulator. */
  advance(seconds: number): void;
  /** Moves the clock of the application alone, forward or back. */
  jump(seconds: number): void;
  browser(options?: BrowserOptions): Browser;
  close(): Promise<void>;
}

export const secretKey = "k3y-for-tests-Zp7Qw2Lm9Xc4Vb6Nn8Rt1";

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  let offsetMs = options.at ? options.at.getTime() - Date.now() : 0;
  const now = () => new Date(Date.now() + offsetMs);
  const simulator = options.simulator ?? (await startSimulator());
  simulator.settings({ callbackHosts: [`localhost:${port}`] });

  const settings = loadSettings(
    {
      PORT: String(port),
      WECHAT_OPEN_URL: simulator.url,
      WECHAT_API_URL: simulator.url,
      SECRET_KEYS: secretKey,
      ERASURE_LEDGER: newLedgerPath(),
      ...options.env,
    },
    () => [],
  );
  const own = options.db ? undefined : await testDatabase();
  const db = options.db ?? (await own?.open());
  if (!db) throw new Error("there is no database to start on");
  const logLines: string[] = [];
  const app = await buildApp({
    settings,
    db,
    now,
    pages:
      options.pages ??
      (async (language, page) =>
        renderPage(page, language, {
          script: "/login/assets/main.js",
          style: "/login/assets/style.css",
        })),
    passwordCost: quickPasswordCost,
    ...(options.live && { live: options.live }),
    ...(options.exports && { exports: options.exports }),
    logTo: { write: (line) => void logLines.push(line) },
  });
  await app.server.listen({ port, host: "localhost" });
  const appOf = (kind: "official_account" | "website") => {
    const found = simulator.apps.find((candidate) => candidate.kind === kind);
    if (!found) throw new Error(`the simulator has no app of the kind ${kind}`);
    return found;
  };

  return {
    url,
    port,
    app,
    db,
    settings,
    simulator,
    officialAccount: appOf("official_account"),
    website: appOf("website"),
    logLines,
    advance(seconds) {
      offsetMs += seconds * 1000;
      simulator.advance(seconds);
    },
    jump(seconds) {
      offsetMs += seconds * 1000;
    },
    browser: (about) => new Browser(url, about),
    async close() {
      await app.server.close();
      rmSync(settings.erasureLedger, { force: true });
      if (own) await db.close().then(own.remove);
      if (!options.simulator) await simulator.close();
    },
  };
}
