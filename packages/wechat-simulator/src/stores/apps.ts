import { changeLimits, type Limits, type LimitsPatch, limitsOf } from "../protocol/limits.js";

/**
 * `official_account` signs people in inside WeChat, `website` by a QR page on any browser, `mini_program` by a
 * js_code that its own program fetches.
 */
export type AppKind = "official_account" | "website" | "mini_program";

export const APP_KINDS: readonly AppKind[] = ["official_account", "website", "mini_program"];

/** An app as a test or a developer configures it. */
export interface AppOptions {
  appId: string;
  appSecret: string;
  kind: AppKind;
  /** Shown on the consent and QR pages. */
  name: string;
  /** A sandbox test account (测试号): people must follow it (10006), and its domain may have a port. Default false. */
  testAccount?: boolean;
  /** Where codes may be sent: `host`, `host:port`, `host/dir`. Default: the simulator's `callbackHosts`. */
  callbackHosts?: readonly string[];
  /** Scopes the account holds. Default: all `snsapi_*` of its kind. Leave one out to see page error 10005. */
  scopes?: readonly string[];
  /** The Open Platform account it is bound to; apps of one account share the unionid. `null`: not bound, so no unionid. */
  openPlatform?: string | null;
  /** Banned accounts show page error 10004. Default false. */
  banned?: boolean;
  /** Third-party platforms it has authorized; any other `component_appid` shows page error 10015. Default none. */
  componentAppIds?: readonly string[];
  /** Addresses that may fetch an Official Account's global token; others get 40164. `null`, the default: any address. */
  ipAllowList?: readonly string[] | null;
  /** The URL for pushed messages. Without one (`null`, the default) callback/check answers 40201. */
  messageUrl?: string | null;
  /** Default: WeChat's documented quotas; a test account gets fewer tokens per day. */
  limits?: LimitsPatch;
}

/** An app with every default filled in. */
export interface SimulatedApp extends Required<Omit<AppOptions, "limits">> {
  limits: Limits;
}

/** The fields of an app that can change while the simulator runs. */
export type AppPatch = Partial<
  Pick<
    AppOptions,
    "banned" | "callbackHosts" | "scopes" | "openPlatform" | "ipAllowList" | "messageUrl" | "limits"
  >
>;

/** The Open Platform account that the demo apps are bound to, so that their people share a unionid. */
export const DEMO_OPEN_PLATFORM = "demo-open-platform";

/** Development values: fixed, public, and refused by any real WeChat. */
export const demoOfficialAccount: AppOptions = {
  appId: "wx51a0b1c2d3e4f501",
  appSecret: "5d0c1a7e0000000000000000000000a1",
  kind: "official_account",
  testAccount: true,
  name: "Demo Official Account",
};

/** Development values: fixed, public, and refused by any real WeChat. */
export const demoWebsite: AppOptions = {
  appId: "wx51a0b1c2d3e4f502",
  appSecret: "5d0c1a7e0000000000000000000000b2",
  kind: "website",
  name: "Demo Website",
};

/** Development values: fixed, public, and refused by any real WeChat. */
export const demoMiniProgram: AppOptions = {
  appId: "wx51a0b1c2d3e4f503",
  appSecret: "5d0c1a7e0000000000000000000000c3",
  kind: "mini_program",
  name: "Demo Mini Program",
};

const SCOPES_OF_KIND: Record<AppKind, readonly string[]> = {
  official_account: ["snsapi_base", "snsapi_userinfo"],
  website: ["snsapi_login"],
  mini_program: [],
};

/** The apps of this WeChat, by appid. */
export class Apps {
  readonly #initial: readonly SimulatedApp[];
  #byId: Map<string, SimulatedApp>;

  constructor(apps: readonly AppOptions[], callbackHosts: readonly string[]) {
    this.#initial = apps.map(({ limits, ...app }) => ({
      testAccount: false,
      callbackHosts,
      scopes: SCOPES_OF_KIND[app.kind],
      openPlatform: DEMO_OPEN_PLATFORM,
      banned: false,
      componentAppIds: [],
      ipAllowList: null,
      messageUrl: null,
      ...app,
      limits: limitsOf(app.testAccount ?? false, limits),
    }));
    this.#byId = new Map();
    this.reset();
  }

  find(appId: string): SimulatedApp | undefined {
    return this.#byId.get(appId);
  }

  list(): SimulatedApp[] {
    return [...this.#byId.values()];
  }

  /** Changes settings as in WeChat's console. @returns undefined if no app has this appid */
  update(appId: string, { limits, ...patch }: AppPatch): SimulatedApp | undefined {
    const app = this.#byId.get(appId);
    if (!app) return undefined;
    Object.assign(app, patch);
    if (limits) app.limits = changeLimits(app.limits, limits);
    return app;
  }

  /** Replaces the callback domains of every app. */
  setCallbackHosts(callbackHosts: readonly string[]): void {
    for (const app of this.#byId.values()) app.callbackHosts = callbackHosts;
  }

  reset(): void {
    this.#byId = new Map(this.#initial.map((app) => [app.appId, { ...app }]));
  }
}
