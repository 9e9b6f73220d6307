/** Something about how this process is set up that operators should know. */
export interface Notice {
  kind: "forwarded_for_ignored";
  since: Date;
  /** The address of the machine that showed it: usually the proxy's. */
  ip: string;
}

/** What this process has noticed since it started; each kind once. */
export class Notices {
  readonly #byKind = new Map<Notice["kind"], Notice>();

  /** @returns false if this kind was noticed before. */
  add(notice: Notice): boolean {
    if (this.#byKind.has(notice.kind)) return false;
    this.#byKind.set(notice.kind, notice);
    return true;
  }

  list(): Notice[] {
    return [...this.#byKind.values()];
  }
}
