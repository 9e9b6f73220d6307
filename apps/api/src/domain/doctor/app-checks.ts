import { countCalls } from "../../db/alert-signals.js";
import type { WeChatApp } from "../apps.js";
import type { listAppTokenStates } from "../console/app-tokens.js";
import type { Deps } from "../deps.js";
import { type Finding, finding } from "./finding.js";

type TokenView = NonNullable<Awaited<ReturnType<typeof listAppTokenStates>>[number]["accessToken"]>;

/** What one app is checked by. */
export interface Evidence {
  app: WeChatApp;
  /** Null for a website app, which has no global token. */
  token: TokenView | null;
  /** How often, in the last hour and in the last day. */
  hour: Counts;
  day: Counts;
}

/** Counts of one app's calls by endpoint and errcode; a sign-in's endpoint is `sign_in`, and its errcode how it ended. */
export type Counts = (endpoint: string, errcode?: string) => number;

/** WeChat's answers that blame the appid or the secret. */
const blamesCredentials = new Set(["40001", "40013", "40125", "40243", "41002", "41004"]);

const [clashes, quotaPercent, fewestSignIns, awayPercent, usedCodes] = [3, 80, 10, 30, 5];

const exchange = "sns/oauth2/access_token";

const countedEndpoints = [exchange, "sns/userinfo", "sign_in"];

export const checkApp = (deps: Deps, evidence: Evidence): Finding[] => [
  checkSecret(evidence),
  ...(evidence.token ? [checkAllowList(evidence.token), ...checkToken(evidence.app, evidence.token)] : []),
  checkProfile(evidence),
  checkLook(evidence.app),
  checkGroup(deps, evidence.app),
  checkComesBack(deps, evidence.hour),
  checkCodes(evidence.hour),
];

function checkSecret({ token, day }: Evidence): Finding {
  if (!token) {
    const refused = [...blamesCredentials].find((errcode) => day(exchange, errcode) > 0);
    if (refused !== undefined) return finding("secret.refused", { errcode: refused });
    return finding(day(exchange, "") > 0 ? "secret.accepted" : "secret.unknown");
  }
  if (token.state !== "failing") return finding("secret.accepted");
  const errcode = token.lastErrcode ?? "";
  if (errcode === "40164") return finding("secret.after_ip");
  return finding(blamesCredentials.has(errcode) ? "secret.refused" : "secret.failing", { errcode });
}

function checkAllowList({ state, lastErrcode, refusedAddress }: TokenView): Finding {
  if (state !== "failing") return finding("allow_list.open");
  return lastErrcode === "40164"
    ? finding("allow_list.refused", { ip: refusedAddress ?? "?" })
    : finding("allow_list.unknown");
}

function checkToken({ key }: WeChatApp, { reportedInvalid, fetchesToday, dailyQuota }: TokenView): Finding[] {
  return [
    reportedInvalid >= clashes
      ? finding("holders.several", { count: reportedInvalid, app: key })
      : finding("holders.one"),
    ...(dailyQuota === null ? [] : [checkQuota(fetchesToday, dailyQuota)]),
  ];
}

const checkQuota = (count: number, quota: number): Finding =>
  finding(count * 100 >= quota * quotaPercent ? "quota.near" : "quota.enough", { count, quota });

function checkProfile({ app, day }: Evidence): Finding {
  if (app.profile === "none") return finding("profile.not_asked");
  const count = day("sns/userinfo", "48001");
  if (count > 0) return finding("profile.refused", { count });
  return finding(day("sns/userinfo", "") > 0 ? "profile.read" : "profile.unknown");
}

function checkLook({ name, logo }: WeChatApp): Finding {
  const missing = [...(name ? [] : ["name"]), ...(logo ? [] : ["logo"])];
  return missing.length > 0
    ? finding("look.missing", { missing: missing.join(", ") })
    : finding("look.complete");
}

function checkGroup({ apps }: Deps, { key, group }: WeChatApp): Finding {
  if (apps.all.length === 1) return finding("group.single");
  const others = group === undefined ? [] : apps.all.filter((app) => app.group === group && app.key !== key);
  if (others.length === 0) return finding("group.none");
  return finding("group.shared", { apps: [key, ...others.map((app) => app.key)].join(", ") });
}

function checkComesBack({ settings }: Deps, hour: Counts): Finding {
  const count = hour("sign_in");
  if (count < fewestSignIns) return finding("comes_back.unknown", { count });
  const percent = Math.round((hour("sign_in", "abandoned") / count) * 100);
  const host = settings.publicUrl.hostname;
  return finding(percent >= awayPercent ? "comes_back.no" : "comes_back.yes", { count, percent, host });
}

function checkCodes(hour: Counts): Finding {
  const count = hour(exchange, "40163");
  return finding(count >= usedCodes ? "codes.twice" : "codes.once", { count });
}

/** Reads the counts of the last seconds. @returns those of one app */
export async function readCounts(deps: Deps, seconds: number): Promise<(appId: string) => Counts> {
  const to = Math.floor(deps.now().getTime() / 60_000) + 1;
  const range = { from: to - seconds / 60, to };
  const read = async (endpoint: string) =>
    (await deps.db.run(countCalls, { endpoint, ...range })).map((row) => ({ endpoint, ...row }));
  const rows = (await Promise.all(countedEndpoints.map(read))).flat();
  return (appId) => (endpoint, errcode) =>
    rows
      .filter((row) => row.appId === appId && row.endpoint === endpoint)
      .filter((row) => errcode === undefined || row.errcode === errcode)
      .reduce((sum, { calls }) => sum + calls, 0);
}
