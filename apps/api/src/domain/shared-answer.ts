/** One answer for all who ask while it is made, and for some seconds after. An error is not kept. */
export class SharedAnswer<Answer> {
  readonly #freshMs: number;
  #latest: { answer: Answer; at: number } | undefined;
  #making: Promise<Answer> | undefined;

  constructor({ freshSeconds }: { freshSeconds: number }) {
    this.#freshMs = freshSeconds * 1000;
  }

  async get(now: Date, make: () => Promise<Answer>): Promise<Answer> {
    const age = this.#latest && now.getTime() - this.#latest.at;
    // A clock that was set back must not keep an answer for as long.
    if (this.#latest && age !== undefined && age >= 0 && age < this.#freshMs) return this.#latest.answer;
    this.#making ??= make().finally(() => {
      this.#making = undefined;
    });
    const answer = await this.#making;
    this.#latest = { answer, at: now.getTime() };
    return answer;
  }
}
