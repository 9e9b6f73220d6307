import type { WeChatApp } from "../apps.js";

/** WeChat answers for this many people at once. */
const perCall = 100;
/** One who has no unionid today is asked for again after this, at the next sign-in. */
const againAfterMs = 86_400_000;
/** After WeChat refused, or did not answer, an app waits this long. */
const pauseMs = 600_000;
/** More people than this do not wait: their next sign-in comes. */
const maxWaiting = 5_000;

/**
 * People who signed in silently with an app of a group, and whose binding has no unionid: `snsapi_base` gives none, and the
 * binding may be older than the account's place in the Open Platform. WeChat gives it to the account itself for people
 * who follow it (GET user/info), so a job asks after the sign-in, for many people at once.
 *
 * Kept in memory: what a stop loses is asked for after the next sign-in.
 */
export class MissingUnionids {
  readonly #waiting = new Map<string, { app: WeChatApp; openid: string }>();
  readonly #pausedUntil = new Map<string, number>();

  /** Called after each sign-in; notes the person if their unionid is missing and WeChat was not asked for it today. */
  add(
    app: WeChatApp,
    person: { openid: string; unionid: string | null | undefined; checkedAt: Date | null },
    now: Date,
  ): void {
    const { openid, unionid, checkedAt } = person;
    if (!app.group || app.kind !== "official_account" || unionid) return;
    if (checkedAt && now.getTime() - checkedAt.getTime() < againAfterMs) return;
    if (this.#waiting.size < maxWaiting) this.#waiting.set(`${app.appId} ${openid}`, { app, openid });
  }

  /** Takes the people to ask for in one call. Undefined while there is none, or the app's pause is not over. */
  take(now: Date): { app: WeChatApp; openids: string[] } | undefined {
    const openids: string[] = [];
    let app: WeChatApp | undefined;
    for (const [key, person] of this.#waiting) {
      if (now.getTime() < (this.#pausedUntil.get(person.app.appId) ?? 0)) continue;
      app ??= person.app;
      if (person.app !== app) continue;
      openids.push(person.openid);
      this.#waiting.delete(key);
      if (openids.length === perCall) break;
    }
    return app && { app, openids };
  }

  pause({ appId }: WeChatApp, now: Date): void {
    this.#pausedUntil.set(appId, now.getTime() + pauseMs);
  }
}
