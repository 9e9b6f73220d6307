import { type AppOptions, Apps, demoOfficialAccount, demoWebsite } from "./apps.js";
import { Clock } from "./clock.js";
import { Codes } from "./codes.js";
import { Faults } from "./faults.js";
import { GlobalTokens } from "./global-tokens.js";
import { People } from "./people.js";
import { RequestLog } from "./request-log.js";
import { DEFAULT_SETTINGS, type Settings } from "./settings.js";
import { SnsTokens } from "./sns-tokens.js";

/** How a simulated WeChat starts out. Everything has a default. */
export interface SimulatorOptions {
  /** Default: `demoOfficialAccount` and `demoWebsite`. */
  apps?: readonly AppOptions[];
  /** For apps that name none of their own: `host`, `host:port` or `host/dir`. Default `["localhost:4000"]`. */
  callbackHosts?: readonly string[];
  /** openids and unionids follow from it. Default `"wechat-simulator"`. */
  seed?: string;
  /** Unix milliseconds. Default `Date.now`. */
  now?: () => number;
  /** Default: refusing tells the app nothing, callbacks come once. */
  settings?: Partial<Settings>;
}

/** All that this WeChat knows. */
export class World {
  readonly clock: Clock;
  readonly apps: Apps;
  readonly people: People;
  readonly codes: Codes;
  readonly snsTokens: SnsTokens;
  readonly globalTokens: GlobalTokens;
  readonly faults: Faults = new Faults();
  readonly requests: RequestLog = new RequestLog();
  settings: Settings;
  readonly #initialSettings: Settings;

  constructor(options: SimulatorOptions = {}) {
    const { apps = [demoOfficialAccount, demoWebsite], callbackHosts = ["localhost:4000"] } = options;
    this.clock = new Clock(options.now);
    this.apps = new Apps(apps, callbackHosts);
    this.people = new People(options.seed ?? "wechat-simulator");
    this.codes = new Codes(this.clock);
    this.snsTokens = new SnsTokens(this.clock);
    this.globalTokens = new GlobalTokens(this.clock);
    this.#initialSettings = { ...DEFAULT_SETTINGS, ...options.settings };
    this.settings = { ...this.#initialSettings };
  }

  /** As if it had just been started. */
  reset(): void {
    this.clock.reset();
    this.apps.reset();
    this.people.reset();
    this.codes.reset();
    this.snsTokens.reset();
    this.globalTokens.reset();
    this.faults.clear();
    this.requests.clear();
    this.settings = { ...this.#initialSettings };
  }
}
