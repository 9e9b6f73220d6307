/** `official_account` signs people in inside WeChat, `website` by a QR page on any browser. */
export type AppKind = "official_account" | "website";

/** An app as a test or an operator describes it. */
export interface AppOptions {
  appId: string;
  appSecret: string;
  kind: AppKind;
  /** Shown on the consent and QR pages. */
  name: string;
  /** A sandbox test account (测试号): its people must follow it (10006), its domain may carry a port. Default false. */
  testAccount?: boolean;
  /** Where codes may be sent: `host`, `host:port`, `host/dir`. Default: the simulator's `callbackHosts`. */
  callbackHosts?: readonly string[];
  /** Scopes the account holds. Default: both `snsapi_*` of its kind. Leave one out to see page error 10005. */
  scopes?: readonly string[];
  /** The Open Platform account it is bound to; apps of one share the unionid. `null`: bound to none, so no unionid. */
  openPlatform?: string | null;
  /** Banned accounts show page error 10004. Default false. */
  banned?: boolean;
  /** Third-party platforms it has authorized; any other `component_appid` shows page error 10015. Default none. */
  componentAppIds?: readonly string[];
}

/** An app with every default filled in. */
export interface SimulatedApp extends Required<AppOptions> {}

/** The Open Platform account that the two demo apps are bound to, so that their people share a unionid. */
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

const SCOPES_OF_KIND: Record<AppKind, readonly string[]> = {
  official_account: ["snsapi_base", "snsapi_userinfo"],
  website: ["snsapi_login"],
};

/** The apps of this WeChat, by appid. */
export class Apps {
  readonly #initial: readonly SimulatedApp[];
  #byId: Map<string, SimulatedApp>;

  constructor(apps: readonly AppOptions[], callbackHosts: readonly string[]) {
    this.#initial = apps.map((app) => ({
      testAccount: false,
      callbackHosts,
      scopes: SCOPES_OF_KIND[app.kind],
      openPlatform: DEMO_OPEN_PLATFORM,
      banned: false,
      componentAppIds: [],
      ...app,
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

  /** What an operator does in WeChat's console: new callback domains for every app at once. */
  setCallbackHosts(callbackHosts: readonly string[]): void {
    for (const app of this.#byId.values()) app.callbackHosts = callbackHosts;
  }

  reset(): void {
    this.#byId = new Map(this.#initial.map((app) => [app.appId, { ...app }]));
  }
}

/**
 * May this app have its codes sent there? The whole host counts: `www.example.com` covers neither
 * `pay.example.com` nor `example.com`. An entry may end in a directory.
 *
 * A real Official Account's domain has no port, so a callback with one is refused (10003); a test account's may.
 * Declared deviation: website apps may have a port here too, so that a developer's localhost works.
 */
export function isCallbackAllowed(app: SimulatedApp, redirectUri: URL): boolean {
  const mayHavePort = app.testAccount || app.kind === "website";
  if (redirectUri.port !== "" && !mayHavePort) return false;
  return app.callbackHosts.some((entry) => {
    const slash = entry.indexOf("/");
    const host = slash === -1 ? entry : entry.slice(0, slash);
    const directory = slash === -1 ? "" : entry.slice(slash).replace(/\/+$/, "");
    if (redirectUri.host !== host.toLowerCase()) return false;
    return (
      directory === "" ||
      redirectUri.pathname === directory ||
      redirectUri.pathname.startsWith(`${directory}/`)
    );
  });
}
