import type { WeChatApp } from "../apps.js";

/** After WeChat refused, or did not answer, an app's people wait this long. */
const pauseMs = 600_000;
/** More people than this do not wait: their next sign-in comes. */
const maxWaiting = 5_000;

/**
 * People about whom WeChat will be asked after their sign-in, by a job beside the requests. Kept in memory: what a stop
 * loses is noticed again at the next sign-in.
 */
export class WaitingPeople {
  readonly #waiting = new Map<string, { app: WeChatApp; openid: string }>();
  readonly #pausedUntil = new Map<string, number>();

  add(app: WeChatApp, openid: string): void {
    if (this.#waiting.size < maxWaiting) this.#waiting.set(`${app.appId} ${openid}`, { app, openid });
  }

  /** Takes people of one app, the first ones first. Undefined while there is none, or their app's pause is not over. */
  take(now: Date, atMost: number): { app: WeChatApp; openids: string[] } | undefined {
    const openids: string[] = [];
    let app: WeChatApp | undefined;
    for (const [key, person] of this.#waiting) {
      if (now.getTime() < (this.#pausedUntil.get(person.app.appId) ?? 0)) continue;
      app ??= person.app;
      if (person.app !== app) continue;
      openids.push(person.openid);
      this.#waiting.delete(key);
      if (openids.length === atMost) break;
    }
    return app && { app, openids };
  }

  pause({ appId }: WeChatApp, now: Date): void {
    this.#pausedUntil.set(appId, now.getTime() + pauseMs);
  }
}
