import { explainErrcode } from "@wechat-login/oauth/errcodes";
import type { AlertChange, AlertKind } from "../../db/schema.js";
import type { Deps } from "../deps.js";
import { type AlertTexts, alertTexts, type Language } from "./texts.js";

/** One incident as a chat reads it. No openid, nickname or address of a person or a server is in it. */
export interface AlertItem {
  heading: string;
  facts: readonly string[];
  link: { text: string; url: string };
}

export interface AlertMessage {
  title: string;
  isCritical: boolean;
  items: readonly AlertItem[];
  /** What stands for items that do not fit. */
  more(count: number): AlertItem;
  /** The same for a program. */
  incidents: readonly object[];
}

export interface Incident {
  id: string;
  kind: AlertKind;
  subject: string;
  appId: string | null;
  endpoint: string | null;
  errcode: string | null;
  people: number | null;
  events: number | null;
  percent: number | null;
  openedAt: Date;
  recoveredAt: Date | null;
}

export interface Told {
  change: AlertChange;
  incident: Incident;
}

/** They are told at once, also in quiet hours: people cannot sign in, or soon cannot. */
export const criticalKinds: ReadonlySet<AlertKind> = new Set([
  "people_spike",
  "token_failing",
  "ip_refused",
  "success_share",
]);

/** Who must act where the errcode does not say it. */
const defaultActor = {
  group_new: "developer",
  group_regressed: "developer",
  people_spike: "operator",
  token_failing: "operator",
  token_clash: "developer",
  ip_refused: "operator",
  quota: "developer",
  success_share: "operator",
  webhook_disabled: "host",
} as const satisfies Record<AlertKind, string>;

/** Their own words say more than the errcode's. */
const withoutExplanation: ReadonlySet<AlertKind> = new Set([
  "ip_refused",
  "token_clash",
  "quota",
  "success_share",
  "webhook_disabled",
]);

interface Reader {
  language: Language;
  timeZone: string;
}

/**
 * What a channel is told. Of an incident that has recovered before its beginning was told, only the end is.
 *
 * @param told with the changes of one incident together
 */
export function alertMessage(deps: Deps, told: readonly Told[], reader: Reader): AlertMessage {
  const texts = alertTexts[reader.language];
  const latest = [...new Map(told.map((one) => [one.incident.id, one])).values()].map((one) => {
    const changes = told
      .filter(({ incident }) => incident.id === one.incident.id)
      .map(({ change }) => change);
    const change: AlertChange = changes.includes("recovered") ? "recovered" : one.change;
    return { ...one, change };
  });
  const rankOf = ({ change, incident }: Told) =>
    (change === "recovered" ? 2 : 0) + (criticalKinds.has(incident.kind) ? 0 : 1);
  const sorted = latest.sort((one, other) => rankOf(one) - rankOf(other));
  const begun = sorted.filter(({ change }) => change !== "recovered");
  const host = deps.settings.publicUrl.host;
  return {
    title: texts.title({ begun: begun.length, recovered: sorted.length - begun.length, host }),
    isCritical: begun.some(({ incident }) => criticalKinds.has(incident.kind)),
    items: sorted.map((one) => itemOf(deps, one, reader)),
    more: (count) => ({
      heading: texts.more(count),
      facts: [],
      link: { text: texts.open, url: consoleUrl(deps, "/alerts") },
    }),
    incidents: sorted.map(({ change, incident }) => ({
      ...{ id: incident.id, change, kind: incident.kind },
      severity: criticalKinds.has(incident.kind) ? "critical" : "warning",
      app: incident.appId === null ? null : deps.apps.keyOf(incident.appId),
      ...{ endpoint: incident.endpoint, errcode: incident.errcode },
      ...{ people: incident.people, events: incident.events, percent: incident.percent },
      openedAt: incident.openedAt.toISOString(),
      recoveredAt: incident.recoveredAt?.toISOString() ?? null,
      url: consoleUrl(deps, pathOf(incident)),
    })),
  };
}

/** What the test of a channel sends. */
export function testMessage(deps: Deps, { language }: Reader): AlertMessage {
  const texts = alertTexts[language];
  const { host } = deps.settings.publicUrl;
  const item = {
    heading: texts.test.heading,
    facts: [texts.test.fact(host)],
    link: { text: texts.open, url: consoleUrl(deps, "/alerts") },
  };
  return { title: texts.test.heading, isCritical: false, items: [item], more: () => item, incidents: [] };
}

function itemOf(deps: Deps, { change, incident }: Told, { language, timeZone }: Reader): AlertItem {
  const texts = alertTexts[language];
  const { kind, endpoint, errcode, people, events, percent, openedAt, recoveredAt } = incident;
  const explained = errcode === null ? undefined : explainErrcode(errcode, endpoint ?? undefined);
  const explanation = withoutExplanation.has(kind) ? undefined : explained;
  const at = (moment: Date) => timeText(moment, language, timeZone);
  const app = incident.appId === null ? undefined : (deps.apps.keyOf(incident.appId) ?? undefined);
  const about = [app, errcode === null ? undefined : `${errcode} ${explained?.name ?? ""}`.trim()];
  const subject =
    kind === "webhook_disabled" ? [incident.subject] : about.filter((part) => part !== undefined);
  const heading = [texts.kinds[kind].name({ percent: percent ?? 0 }), ...subject].join(" · ");
  const affected = [
    ...(people === null || people === 0 ? [] : [texts.people(people)]),
    ...(events === null ? [] : [texts.events[countedBy(kind)](events)]),
  ];
  const link = { text: texts.open, url: consoleUrl(deps, pathOf(incident)) };
  if (change === "recovered" && recoveredAt) {
    const facts = [texts.lasted(at(openedAt), at(recoveredAt)), ...joined(affected, texts.comma)];
    return { heading: `${texts.recovered} · ${heading}`, facts, link };
  }
  const actor = explanation?.whoMustAct ?? defaultActor[kind];
  const remedy = explanation?.steps[language][0] ?? texts.kinds[kind].remedy;
  return {
    heading: change === "repeated" ? `${texts.repeated} · ${heading}` : heading,
    facts: [
      ...(explanation ? [explanation.meaning[language]] : []),
      [...affected, texts.since(at(openedAt))].join(texts.comma),
      texts.whoMustAct(texts.actors[actor]),
      texts.remedy(remedy),
    ],
    link,
  };
}

/** A quota counts calls that succeed as well. */
function countedBy(kind: AlertKind): keyof AlertTexts["events"] {
  if (kind === "quota") return "calls";
  return kind === "success_share" ? "failedSignIns" : "failedCalls";
}

const joined = (parts: string[], comma: string) => (parts.length === 0 ? [] : [parts.join(comma)]);

const consoleUrl = ({ settings }: Deps, path: string): string =>
  new URL(`/admin${path}`, settings.publicUrl).href;

/** The page of the console on which an operator works on it. */
function pathOf({ kind, subject, appId, endpoint, errcode }: Incident): string {
  if (kind === "token_failing" || kind === "token_clash" || kind === "ip_refused" || kind === "quota") {
    return "/tokens";
  }
  if (kind === "webhook_disabled") return `/hosts/${encodeURIComponent(subject)}`;
  if (kind === "success_share") return `/sign-ins?${new URLSearchParams({ appId: appId ?? "" })}`;
  return `/errors?${new URLSearchParams({ appId: appId ?? "", endpoint: endpoint ?? "", errcode: errcode ?? "" })}`;
}

/** Such as "4 May, 10:00 GMT+8": the day cannot be taken for the month. */
function timeText(moment: Date, language: Language, timeZone: string): string {
  const isChinese = language === "zh";
  const parts = new Intl.DateTimeFormat(isChinese ? "zh-CN" : "en-GB", {
    ...{ timeZone, month: isChinese ? "numeric" : "short", day: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "shortOffset" },
  }).formatToParts(moment);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? "";
  // In Chinese, Intl puts the zone before the hour.
  const time = `${part("hour")}:${part("minute")} ${part("timeZoneName")}`;
  return isChinese
    ? `${part("month")}月${part("day")}日 ${time}`
    : `${part("day")} ${part("month")}, ${time}`;
}
