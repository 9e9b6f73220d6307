import { WeChatOAuthClient } from "@wechat-login/oauth";
import { nodeTransport } from "@wechat-login/oauth/node";
import type { Database } from "../db/database.js";
import type { Settings } from "../env.js";
import { type Apps, createApps } from "./apps.js";
import { AttemptCounter } from "./attempt-counter.js";
import { ListGate } from "./console/list-gate.js";
import type { Deps, Log } from "./deps.js";
import type { Diagnosis } from "./doctor/finding.js";
import { DeliverySlots } from "./events/delivery-slots.js";
import { systemResolve } from "./events/webhook-addresses.js";
import { createWebhookClient } from "./events/webhook-client.js";
import { CallCounts } from "./failures/call-counts.js";
import { writabilitySeconds } from "./health.js";
import { WaitingPeople } from "./identity/waiting-people.js";
import { KeyRing } from "./key-ring.js";
import type { Metrics } from "./metrics.js";
import { Notices } from "./notices.js";
import { defaultPasswordCost, type PasswordCost } from "./operators/password-hash.js";
import { ProxyAgent } from "./proxy-agent.js";
import { SharedAnswer } from "./shared-answer.js";
import { createAppTokenKeepers, createJsapiTicketKeepers } from "./tokens/app-tokens.js";
import { Requesters } from "./tokens/requesters.js";
import { traceCall } from "./tracing.js";

/** A callback makes at most two calls and must end within 10 s. */
const wechatTimeoutMs = 4_500;

interface DepsParts {
  settings: Settings;
  db: Database;
  now: () => Date;
  log: Log;
  /** The programs leave it out; tests pass a cheap one. No setting can lower it. */
  passwordCost?: PasswordCost | undefined;
  apps?: Apps;
  /** Absent where they are not read. */
  metrics?: Metrics | undefined;
}

/** Builds the domain's dependencies: the given parts, and keys and WeChat clients made from the settings. */
export function createDeps({ passwordCost = defaultPasswordCost, ...parts }: DepsParts): Deps {
  const { settings, now } = parts;
  const { apps = createApps(settings.apps), metrics } = parts;
  const callCounts = new CallCounts(metrics && ((...call) => metrics.countCall(...call)));
  const transport = nodeTransport({ agent: settings.wechatProxy && new ProxyAgent(settings.wechatProxy) });
  const clients = new Map(
    settings.apps.map(({ key, appId, appSecret }) => [
      appId,
      new WeChatOAuthClient({
        appId,
        appSecret,
        apiUrl: settings.wechatApiUrl,
        transport,
        timeoutMs: wechatTimeoutMs,
        onCall: (call) => {
          const { endpoint, errcode, code } = call;
          callCounts.add(now(), appId, endpoint, errcode === undefined ? (code ?? "") : String(errcode));
          traceCall(key, call);
        },
      }),
    ]),
  );
  const deps = {
    ...parts,
    passwordCost,
    keys: new KeyRing(settings.secretKeys),
    apps,
    metrics,
    wechat: (appId: string) => {
      const client = clients.get(appId);
      if (!client) throw new RangeError("no configured app has this appid");
      return client;
    },
    // As many as the console has processes on SQLite, and connections on PostgreSQL.
    listGate: new ListGate({
      running: parts.db.engine === "sqlite" ? 2 : 3,
      waiting: 20,
      waitMs: 4_000,
    }),
    callCounts,
    tokenRequesters: new Requesters(),
    missingUnionids: new WaitingPeople(),
    staleProfiles: new WaitingPeople(),
    clearedFailures: { afterAt: new Date(0), afterId: "" },
    notices: new Notices(),
    diagnosis: new SharedAnswer<Diagnosis>({ freshSeconds: 15 }),
    writability: new SharedAnswer<boolean>({ freshSeconds: writabilitySeconds }),
    hostCalls: new AttemptCounter(parts),
    webhooks: createWebhookClient({
      privateCidrs: settings.webhookPrivateCidrs,
      resolve: systemResolve(settings.webhookPrivateCidrs),
    }),
    deliverySlots: new DeliverySlots(),
  };
  const withTokens = { ...deps, appToken: createAppTokenKeepers(deps) };
  return { ...withTokens, jsapiTicket: createJsapiTicketKeepers(withTokens) };
}
