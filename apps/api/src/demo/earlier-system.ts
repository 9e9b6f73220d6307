import { type App, type AppParts, buildApp } from "../app.js";
import type { Settings } from "../env.js";

/** The login service at an earlier time: the same one that runs, beside it and without a port. */
export class EarlierSystem {
  #startedAt = performance.now();
  #at = new Date();

  private constructor(
    readonly settings: Settings,
    readonly app: App,
  ) {}

  static async open(parts: Pick<AppParts, "settings" | "db" | "passwordCost">): Promise<EarlierSystem> {
    const clock: { system?: EarlierSystem } = {};
    const app = await buildApp({
      ...parts,
      now: () => clock.system?.now() ?? new Date(),
      // A page only has to lead on: the built ones may not be there.
      pages: async () => '<a href="{{continue}}"></a>',
      logTo: { write() {} },
    });
    clock.system = new EarlierSystem(parts.settings, app);
    return clock.system;
  }

  /** It goes on while a request is answered, so that the steps of a sign-in have their times. */
  now(): Date {
    return new Date(this.#at.getTime() + Math.floor(performance.now() - this.#startedAt));
  }

  moveTo(moment: Date): void {
    this.#at = moment;
    this.#startedAt = performance.now();
  }

  advance(seconds: number): void {
    this.moveTo(new Date(this.now().getTime() + seconds * 1000));
  }
}
