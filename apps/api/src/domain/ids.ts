const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const timeLength = 10;
const randomLength = 16;

let last = { timeMs: -1, time: "", random: new Uint8Array() };

/**
 * A ULID: 26 characters of Crockford's base 32, first 48 bits of time and then 80 random bits. Ids of one
 * process sort in the order they were made, also within one millisecond. Not a secret: an id alone gives no access.
 *
 * @see https://github.com/ulid/spec
 */
export function newId(now: Date): string {
  const timeMs = now.getTime();
  if (timeMs === last.timeMs) increment(last.random);
  else last = { timeMs, time: encodeTime(timeMs), random: randomDigits() };

  let id = last.time;
  for (const digit of last.random) id += alphabet[digit];
  return id;
}

const randomDigits = () => crypto.getRandomValues(new Uint8Array(randomLength)).map((byte) => byte % 32);

function encodeTime(timeMs: number): string {
  let time = "";
  for (let rest = timeMs, place = 0; place < timeLength; place++, rest = Math.floor(rest / 32)) {
    time = alphabet[rest % 32] + time;
  }
  return time;
}

function increment(digits: Uint8Array): void {
  for (let place = digits.length - 1; place >= 0; place--) {
    const digit = digits[place] ?? 0;
    digits[place] = (digit + 1) % 32;
    if (digit < 31) return;
  }
}

/** Sorts after every id that was made before this moment, and before every other one. */
export const idBoundary = (moment: Date): string => encodeTime(moment.getTime());

/** When an id was made, to the millisecond. */
export const timeOfId = (id: string): Date =>
  new Date([...id.slice(0, timeLength)].reduce((timeMs, digit) => timeMs * 32 + alphabet.indexOf(digit), 0));

export const isId = (value: unknown): value is string =>
  typeof value === "string" && /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(value);
