const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Numbers that look random and are the same for the same seed (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** From 0 up to, but not including, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  isOneOf(count: number): boolean {
    return this.below(count) === 0;
  }

  /** One of these, as often as its weight says. */
  pick<Choice>(choices: readonly (readonly [weight: number, choice: Choice])[]): Choice {
    let left = this.next() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, choice] of choices) {
      left -= weight;
      if (left < 0) return choice;
    }
    return (choices.at(-1) as readonly [number, Choice])[1];
  }
}

/** A well-formed id that was made at this time; the same for the same kind and number. */
export function idOf(kind: string, at: number, number: number): string {
  let [time, rest] = ["", at];
  for (let place = 0; place < 10; place++) {
    time = alphabet[rest % 32] + time;
    rest = Math.floor(rest / 32);
  }
  return `${time}${lettersOf(kind, number, 16, alphabet)}`;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** So many letters and digits that look random, such as those of an openid. */
export function lettersOf(kind: string, number: number, length: number, from = letters): string {
  let seed = number;
  for (const character of kind) seed = Math.imul(seed, 31) + character.charCodeAt(0);
  const random = new Random(seed);
  // The number itself makes it unique.
  let own = number;
  return Array.from({ length }, (_, place) => {
    if (place < 8) return from[random.below(from.length)];
    const digit = from[own % from.length];
    own = Math.floor(own / from.length);
    return digit;
  }).join("");
}
