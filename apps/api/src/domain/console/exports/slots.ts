/** As many exports as allowed are being sent already. Nothing was read. */
export class TooManyExportsError extends Error {
  override readonly name = "TooManyExportsError" as const;
  readonly retryAfterSeconds = 30;
  constructor(readonly whose: "operator" | "all") {
    super(
      whose === "operator"
        ? "You are exporting as much as one operator may at once. Wait until one export ends, or cancel it."
        : "Other operators are exporting as much as this server sends at once. Try again in half a minute.",
    );
  }
}

/** The exports that this process is sending. */
export class ExportSlots {
  readonly #byOperator = new Map<string, number>();
  #inAll = 0;

  constructor(readonly limits = { perOperator: 2, inAll: 4 }) {}

  /**
   * @returns gives the place back; calling it again does nothing.
   * @throws {TooManyExportsError}
   */
  take(operatorId: string): () => void {
    const own = this.#byOperator.get(operatorId) ?? 0;
    if (own >= this.limits.perOperator) throw new TooManyExportsError("operator");
    if (this.#inAll >= this.limits.inAll) throw new TooManyExportsError("all");
    this.#byOperator.set(operatorId, own + 1);
    this.#inAll++;
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.#inAll--;
      const left = (this.#byOperator.get(operatorId) ?? 1) - 1;
      if (left === 0) this.#byOperator.delete(operatorId);
      else this.#byOperator.set(operatorId, left);
    };
  }
}
