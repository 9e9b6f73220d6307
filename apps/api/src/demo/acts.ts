import type { EarlierSystem } from "./earlier-system.js";
import { type Existing, hostClientId } from "./existing.js";
import { DemoOperator } from "./operator.js";
import { type ClockTime, chinaTime } from "./week.js";

/** Something that operators do at its time. */
export interface Act {
  at: Date;
  run: () => Promise<unknown>;
}

/** What the operators do in the week, in the order of time. They leave alone who was there before. */
export function planActs(system: EarlierSystem, now: Date, existing: Existing): Act[] {
  const team = new Team(system, existing.users);
  const day = (daysAgo: number, time: ClockTime, run: Act["run"]): Act => ({
    at: chinaTime(now, daysAgo, time),
    run,
  });
  const ago = (minutes: number, run: Act["run"]): Act => ({
    at: new Date(now.getTime() - minutes * 60_000),
    run,
  });
  return [
    ago(7 * 24 * 60, () => team.setUp()),
    day(5, "15:32", () => team.changeGroup("zhouhang", "resolve", "40164")),
    day(4, "10:25", () => team.changeGroup("zhouhang", "acknowledge", "40125")),
    day(4, "12:10", () => team.changeGroup("zhouhang", "resolve", "40125")),
    day(3, "09:40", () => team.workThroughTickets()),
    day(3, "13:05", () => team.changeGroup("zhouhang", "mute", "45011", { minutes: 30 * 24 * 60 })),
    day(2, "21:10", () => team.changeGroup("nightshift", "acknowledge", "-1")),
    day(2, "22:05", () => team.changeGroup("nightshift", "resolve", "-1")),
    day(1, "09:30", () => team.changeOperators()),
    day(1, "10:02", () => team.keepApart()),
    ago(38, () => team.changeGroup("zhouhang", "acknowledge", "40163")),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
}

const members = {
  linqing: { role: "owner", ip: "198.51.100.20" },
  zhouhang: { role: "operator", ip: "198.51.100.21" },
  nightshift: { role: "operator", ip: "198.51.100.34" },
  "support-mei": { role: "viewer", ip: "198.51.100.22" },
} as const;

interface Conflict {
  id: string;
  user: { userId: string } | null;
}

class Team {
  readonly #members = new Map<string, DemoOperator>();

  constructor(
    readonly system: EarlierSystem,
    readonly notOurs: ReadonlySet<string>,
  ) {}

  async #signIn(username: keyof typeof members): Promise<DemoOperator> {
    const member = this.#members.get(username);
    if (!member) throw new Error(`${username} is no operator yet`);
    await member.signIn();
    return member;
  }

  /** The operators, a host application, and where alerts are sent: to places that do not exist. */
  async setUp(): Promise<void> {
    for (const [username, member] of Object.entries(members)) {
      this.#members.set(username, await DemoOperator.create(this.system, username, member));
    }
    const owner = await this.#signIn("linqing");
    await owner.call("hosts.create", {
      ...{ id: hostClientId, name: "山茶商城", origins: ["https://shop.example"] },
      redirectPaths: ["/wechat/return"],
    });
    const scopes = ["tickets", "users:read", "bind", "events", "tokens"];
    await owner.call("hosts.createKey", { clientId: hostClientId, scopes, cidrs: [] });
    const url = "https://shop.example/wechat/events";
    await owner.call("hosts.createWebhook", { clientId: hostClientId, url, types: [] });
    const channel = { timeZone: "Asia/Shanghai", quiet: null };
    await owner.call("alerts.createChannel", {
      ...{ ...channel, kind: "feishu", name: "值班群", language: "zh", url: "https://feishu.example/bot" },
    });
    await owner.call("alerts.createChannel", {
      ...{ ...channel, kind: "webhook", name: "On-call", language: "en", url: "https://oncall.example/in" },
      quiet: { from: 23 * 60, to: 8 * 60 },
    });
  }

  async changeGroup(
    username: keyof typeof members,
    act: "acknowledge" | "resolve" | "mute",
    errcode: string,
    more: object = {},
  ): Promise<void> {
    const member = await this.#signIn(username);
    const groups = await member.list<{ id: string; errcode: string; stateAt: string | null }>(
      "failures.groups",
      { state: "all" },
    );
    const group = groups.find((one) => one.errcode === errcode);
    if (!group) throw new Error(`the week has no error ${errcode} yet`);
    await member.call(`failures.${act}`, { id: group.id, stateAt: group.stateAt, ...more });
  }

  /** A morning of support: a block, one taken back, a merge, one undone, sessions ended. */
  async workThroughTickets(): Promise<void> {
    await this.#members.get("linqing")?.mistype();
    const owner = await this.#signIn("linqing");
    const listed = await owner.list<{ userId: string }>("people.list", { limit: 200 });
    const people = listed.filter(({ userId }) => !this.notOurs.has(userId));
    const idOf = (number: number) => people[number]?.userId;
    await owner.call("people.block", { userId: idOf(0), reason: "发送广告，客服工单 2291" });
    await owner.call("people.block", { userId: idOf(1), reason: "客服工单 2294" });
    await owner.call("people.unblock", { userId: idOf(1), reason: "同名的另一个人" });
    const merge = { fromUserId: idOf(2), intoUserId: idOf(3), reason: "电话确认是同一个人" };
    const { mergeId } = await owner.call<{ mergeId: string }>("people.merge", merge);
    await owner.call("merges.undo", { id: mergeId, reason: "回访后得知是夫妻两个人" });
    await owner.call("people.merge", { ...merge, fromUserId: idOf(4), intoUserId: idOf(5) });
    await owner.call("people.endSessions", { userId: idOf(6) });
  }

  async changeOperators(): Promise<void> {
    const owner = await this.#signIn("linqing");
    const former = { role: "operator", ip: "198.51.100.60" } as const;
    await DemoOperator.create(this.system, "former-chen", former);
    const operators = await owner.list<{ id: string; username: string }>("operators.list");
    const left = operators.find(({ username }) => username === "former-chen");
    await owner.call("operators.disable", { id: left?.id });
  }

  /** One of the conflicts; another one stays open. */
  async keepApart(): Promise<void> {
    const owner = await this.#signIn("linqing");
    const conflicts = await owner.list<Conflict>("conflicts.list", { limit: 200 });
    const conflict = conflicts.find(({ user }) => user && !this.notOurs.has(user.userId));
    if (!conflict) throw new Error("the week has no conflict yet");
    await owner.call("conflicts.keepApart", { id: conflict.id, reason: "夫妻共用一台电脑，已电话核实" });
  }
}
