import { Faults } from "../faults/planned-faults.js";
import { type AppOptions, Apps, demoMiniProgram, demoOfficialAccount, demoWebsite } from "./apps.js";
import { Clock } from "./clock.js";
import { Codes } from "./codes.js";
import { Consents } from "./consents.js";
import { Followers } from "./followers.js";
import { GlobalTokens } from "./global-tokens.js";
import { People } from "./people.js";
import { QrScans } from "./qr-scans.js";
import { Quotas } from "./quotas.js";
import { RequestLog } from "./request-log.js";
import { Rids } from "./rids.js";
import { DEFAULT_SETTINGS, type Settings } from "./settings.js";
import { SnsTokens } from "./sns-tokens.js";
import { Tickets } from "./tickets.js";

/** How a simulated WeChat starts out. Everything has a default. */
export interface SimulatorOptions {
  /** Default: `demoOfficialAccount`, `demoWebsite` and `demoMiniProgram`. */
  apps?: readonly AppOptions[];
  /** For apps without callback hosts of their own: `host`, `host:port` or `host/dir`. Default `["localhost:4000"]`. */
  callbackHosts?: readonly string[];
  /** openids and unionids are derived from it. Default `"wechat-simulator"`. */
  seed?: string;
  /** Unix milliseconds. Default `Date.now`. */
  now?: () => number;
  /** Default: `DEFAULT_SETTINGS`. */
  settings?: Partial<Settings>;
}

/** The whole state of one simulated WeChat. */
export class Store {
  readonly clock: Clock;
  readonly apps: Apps;
  readonly people: People;
  readonly codes: Codes;
  readonly snsTokens: SnsTokens;
  readonly globalTokens: GlobalTokens;
  readonly followers: Followers;
  readonly consents: Consents = new Consents();
  readonly tickets: Tickets;
  readonly quotas: Quotas;
  readonly rids: Rids;
  readonly qrScans: QrScans;
  readonly faults: Faults;
  readonly requests: RequestLog;
  settings: Settings;
  readonly #initialSettings: Settings;

  constructor(options: SimulatorOptions = {}) {
    const {
      apps = [demoOfficialAccount, demoWebsite, demoMiniProgram],
      callbackHosts = ["localhost:4000"],
      seed = "wechat-simulator",
    } = options;
    this.clock = new Clock(options.now);
    this.apps = new Apps(apps, callbackHosts);
    this.followers = new Followers(this.clock);
    this.people = new People(seed, this.followers);
    this.codes = new Codes(this.clock);
    this.snsTokens = new SnsTokens(this.clock);
    this.globalTokens = new GlobalTokens(this.clock);
    this.tickets = new Tickets(this.clock);
    this.quotas = new Quotas(this.clock);
    this.rids = new Rids(this.clock);
    this.qrScans = new QrScans(this.clock);
    this.faults = new Faults(seed);
    this.requests = new RequestLog(apps.map(({ appSecret }) => appSecret));
    this.#initialSettings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.settings = { ...this.#initialSettings };
  }

  /** Back to the state at start. */
  reset(): void {
    this.clock.reset();
    this.apps.reset();
    this.people.reset();
    this.codes.reset();
    this.snsTokens.reset();
    this.globalTokens.reset();
    this.followers.reset();
    this.consents.reset();
    this.tickets.reset();
    this.quotas.reset();
    this.rids.reset();
    this.qrScans.reset();
    this.faults.clear();
    this.requests.clear();
    this.settings = { ...this.#initialSettings };
  }
}
