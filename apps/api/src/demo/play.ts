import { completeLateUnionids } from "../domain/identity/late-unionids.js";
import { deleteExpired } from "../domain/jobs/delete-expired.js";
import type { Act } from "./acts.js";
import { DemoBrowser } from "./browser.js";
import type { EarlierSystem } from "./earlier-system.js";
import type { SimulatedWeChat } from "./simulator.js";
import type { Device, Visit } from "./week.js";

/** How often the counts of calls are written: they are counted in memory. */
const flushMs = 3_600_000;

/** Signs people in, one after the other, each at the time of their visit. */
export class Player {
  readonly #browsers = new Map<string, DemoBrowser>();
  readonly #made = new Set<number>();
  #flushedAt = 0;

  constructor(
    readonly system: EarlierSystem,
    readonly weChat: SimulatedWeChat,
  ) {}

  /** @param acts what happens beside the visits; all in the order of time */
  async play(visits: readonly Visit[], acts: readonly Act[]): Promise<void> {
    const steps = [...visits.map((visit) => ({ at: visit.at, run: () => this.#visit(visit) })), ...acts];
    for (const { at, run } of steps.sort((a, b) => a.at.getTime() - b.at.getTime())) {
      if (at.getTime() > this.#flushedAt + flushMs) await this.#flush(at);
      this.system.moveTo(at);
      await run();
    }
    await deleteExpired(this.system.app.deps); // ends the sign-ins from which no callback came
    await this.#flush(this.system.now());
  }

  async #flush(at: Date): Promise<void> {
    const { db, callCounts } = this.system.app.deps;
    await callCounts.flush(db);
    this.#flushedAt = at.getTime();
  }

  async #visit({ person, device, does, fault }: Visit): Promise<void> {
    const browser = await this.#browserOf(person, device);
    if (does === "sees_snapshot") await this.weChat.changePerson(person, { snapshot: true });
    if (fault) await this.weChat.failNextCall(fault);
    await browser.signIn(does, () => this.system.advance(4 + (person % 7)));
    // One whom the page did not lead as far as that.
    if (fault) await this.weChat.clearFaults();
    if (does === "sees_snapshot") await this.weChat.changePerson(person, { snapshot: false });
  }

  async #browserOf(person: number, device: Device): Promise<DemoBrowser> {
    if (!this.#made.has(person)) await this.weChat.createPerson(person);
    this.#made.add(person);
    const key = `${person} ${device}`;
    const { server, publicUrl } = { ...this.system.app, ...this.system.settings };
    const browser = this.#browsers.get(key) ?? new DemoBrowser({ server, publicUrl, person, device });
    this.#browsers.set(key, browser);
    return browser;
  }

  /**
   * Someone comes by phone before WeChat tells their unionid, and on the desktop afterwards: two people here, until WeChat
   * tells the unionid of the first one, too.
   */
  async makeConflict(person: number): Promise<void> {
    const visit = { at: this.system.now(), person, does: "signs_in" } as const;
    await this.#browserOf(person, "android");
    await this.weChat.changePerson(person, { unionid: false });
    await this.#visit({ ...visit, device: "android" });
    this.system.advance(300);
    await this.weChat.changePerson(person, { unionid: true });
    await this.#visit({ ...visit, device: "desktop" });
    this.system.advance(60);
    await this.#visit({ ...visit, device: "android" });
    await completeLateUnionids(this.system.app.deps);
  }
}
