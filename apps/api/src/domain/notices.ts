/** Something about how this process is set up, or runs, that operators should know. */
export type Notice =
  /** `ip`: the address of the machine that showed it, usually the proxy's. */
  | { kind: "forwarded_for_ignored"; since: Date; ip: string }
  | { kind: "write_ahead_log_large"; since: Date }
  /** `clients`: the ids of the host applications, separated by commas. */
  | { kind: "webhook_disabled"; since: Date; clients: string };

/** What this process has noticed since it started; each kind once. */
export class Notices {
  readonly #byKind = new Map<Notice["kind"], Notice>();

  /** @returns false if this kind was noticed before. */
  add(notice: Notice): boolean {
    if (this.#byKind.has(notice.kind)) return false;
    this.#byKind.set(notice.kind, notice);
    return true;
  }

  /** It is not so any more. */
  remove(kind: Notice["kind"]): void {
    this.#byKind.delete(kind);
  }

  list(): Notice[] {
    return [...this.#byKind.values()];
  }
}
