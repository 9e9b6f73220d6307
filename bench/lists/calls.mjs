// Every list of the console, with its filters.

/** What an operator would search for, taken from the newest rows. */
export async function samplesOf({ query }) {
  const [people, failures, apps, audit, hosts] = await Promise.all([
    query("people.list", { limit: 200 }),
    query("failures.list", { limit: 200 }),
    query("apps.list", {}),
    query("audit.list", { limit: 200 }),
    query("hosts.list", {}),
  ]);
  const [host] = hosts.items.filter(({ webhooks }) => webhooks > 0);
  const { webhooks } = host ? await query("hosts.get", { id: host.id }) : { webhooks: [] };
  const person =
    people.items.find(({ profile }) => [...(profile.nickname ?? "")].length === 3) ?? people.items[0];
  const signIns = await query("signIns.list", { limit: 200, outcome: "signed_in" });
  const often = signIns.items[0];
  return {
    appIds: apps.items.map(({ appId }) => appId),
    userId: person.userId,
    openid: person.bindings[0].openid,
    nickname: person.profile.nickname ?? "王芳",
    failure: failures.items.find(({ openid }) => openid) ?? failures.items[0],
    often,
    entry: audit.items.find(({ target, actor }) => target && actor?.kind === "operator") ?? {},
    webhook: host && { clientId: host.id, webhookId: webhooks[0].id },
  };
}

const ago = (days) => new Date(Date.now() - days * 86_400_000).toISOString();

/** Those of the console, and a longer one. */
const overviewRanges = [
  [1 / 96, "15 minutes"],
  [1 / 24, "an hour"],
  [1, "a day"],
  [7, "seven days"],
  [30, "30 days"],
  [60, "60 days"],
];

/** [procedure, input, words for the table] */
export function callsOf({ appIds, userId, openid, nickname, failure, often, entry, webhook }) {
  const [common, rare] = [appIds[0], appIds.at(-1)];
  const part = [...nickname].slice(0, 2).join("");
  const failureFilters = [
    [{}, "all"],
    [{ appId: common }, "the app with most people"],
    [{ appId: rare }, "the app with fewest"],
    [{ endpoint: "sns/userinfo" }, "an endpoint"],
    [{ errcode: "40163" }, "a common errcode"],
    [{ errcode: "40003" }, "a rare errcode"],
    [{ errcode: "40163", appId: rare, endpoint: "sns/userinfo" }, "three filters, nothing matches"],
    [{ q: "40163" }, "a common errcode, typed"],
    [{ q: failure.openid ?? openid }, "an openid"],
    [{ q: failure.rid ?? "0-0-0" }, "a rid"],
    [{ from: ago(1) }, "one day"],
    [{ from: ago(30), to: ago(7) }, "three weeks"],
  ];
  return [
    ["people.list", {}, "all"],
    ["people.list", { appId: common }, "the app with most people"],
    ["people.list", { appId: rare }, "the app with fewest"],
    ["people.list", { status: "blocked" }, "blocked"],
    ["people.list", { unionid: "no" }, "without a unionid"],
    ["people.list", { unionid: "no", status: "blocked", appId: rare }, "three filters"],
    ["people.list", { q: openid }, "an openid"],
    ["people.list", { q: nickname }, "a nickname"],
    ["people.list", { q: part }, "two characters of a nickname"],
    ["people.list", { q: "微信用户" }, "a nickname that every third has"],
    ["people.list", { q: "no user has this" }, "a nickname that no user has"],
    ["people.get", { userId }, "one person"],
    ["people.get", { userId: often.userId ?? userId }, "one person with thousands of sign-ins"],
    ["tokens.listUsers", {}, "all"],
    ["tokens.listUsers", { appId: common }, "the app with most people"],
    ["tokens.listUsers", { appId: rare }, "the app with fewest"],
    ["tokens.listUsers", { state: "fresh" }, "fresh"],
    ["tokens.listUsers", { state: "refused" }, "refused"],
    ["tokens.listUsers", { state: "refused", appId: rare }, "two filters"],
    ["tokens.listUsers", { q: openid }, "an openid"],
    ["tokens.listUsers", { q: part }, "two characters of a nickname"],
    ["signIns.list", {}, "all"],
    ["signIns.list", { outcome: "signed_in" }, "signed in"],
    ["signIns.list", { outcome: "bound_elsewhere" }, "a rare outcome"],
    ["signIns.list", { outcome: "in_progress" }, "under way"],
    ["signIns.list", { appId: rare }, "the app with fewest"],
    ["signIns.list", { q: "203.0.113.7" }, "an address that a tenth has"],
    ["signIns.list", { q: openid }, "an openid"],
    ["signIns.list", { q: often.openid ?? openid }, "an openid with thousands"],
    ["signIns.list", { userId: often.userId ?? userId }, "one person with thousands"],
    ["signIns.list", { from: ago(30), to: ago(7), outcome: "failed" }, "failed in three weeks"],
    ...failureFilters.map(([input, words]) => ["failures.list", input, words]),
    ...failureFilters.map(([input, words]) => ["failures.groups", input, words]),
    ["failures.groups", { from: ago(7) }, "seven days"],
    ...failureFilters.map(([input, words]) => ["failures.people", input, words]),
    ["failures.people", { from: ago(1 / 24), errcode: "40163" }, "a common errcode in the last hour"],
    ["conflicts.list", {}, "open"],
    ["conflicts.list", { state: "resolved" }, "resolved"],
    ["merges.list", {}, "all"],
    ["audit.list", {}, "all"],
    ["audit.list", { operatorId: entry.actor?.id }, "one operator"],
    ["audit.list", { event: "people.block" }, "one event"],
    ["audit.list", { target: entry.target ?? userId }, "one person"],
    ["audit.list", { result: "refused" }, "refused"],
    [
      "audit.list",
      { operatorId: entry.actor?.id, event: "people.block", result: "refused" },
      "three filters",
    ],
    ["audit.list", { from: ago(30), to: ago(7) }, "three weeks"],
    ["operators.list", {}, "all"],
    ["tokens.listApps", {}, "all"],
    ["tokens.listFetches", { appId: common, kind: "access_token" }, "an app's access token"],
    ["hosts.list", {}, "all"],
    ...(webhook
      ? [
          ["hosts.deliveries", webhook, "a webhook"],
          ["hosts.deliveries", { ...webhook, state: "failed" }, "a webhook, failed"],
          ["hosts.deliveries", { ...webhook, state: "pending" }, "a webhook, none waiting"],
        ]
      : []),
    ["alerts.incidents", {}, "all"],
    ...overviewRanges.flatMap(([days, words]) => [
      ["overview.get", { from: ago(days), offsetMinutes: 480 }, words],
      ["overview.get", { from: ago(days), offsetMinutes: 480, appId: common }, `${words}, one app`],
    ]),
    ["overview.get", {}, "90 days"],
    ["search.find", { text: nickname }, "a nickname"],
    ["search.find", { text: openid }, "an openid"],
  ];
}
