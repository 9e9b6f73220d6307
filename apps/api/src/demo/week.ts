import type { Random } from "../seed/random.js";

// The week as a plan: who comes when, with which device, and what goes wrong. The same numbers make the same week.

export type Device = "android" | "iphone" | "desktop";

/** What WeChat's next answer to one of its endpoints is. */
export interface PlannedFault {
  endpoint: "access_token" | "userinfo" | "authorize" | "qrconnect";
  errcode: number;
}

export interface Visit {
  at: Date;
  /** The number of the person in the simulated WeChat. */
  person: number;
  device: Device;
  does: "signs_in" | "refuses" | "leaves" | "sees_snapshot";
  fault?: PlannedFault;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** China has one time zone, without summer time. */
const chinaOffsetMs = 8 * hourMs;

export type ClockTime = `${number}:${number}`;

/** A moment by China's clock, so many days before today. */
export function chinaTime(now: Date, daysAgo: number, time: ClockTime): Date {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  const midnight = Math.floor((now.getTime() + chinaOffsetMs) / dayMs) * dayMs - chinaOffsetMs;
  return new Date(midnight - daysAgo * dayMs + hour * hourMs + minute * minuteMs);
}

/** How busy each hour of a day in China is: quiet before dawn, a peak at lunch, the most in the evening. */
const hourWeights = [3, 1, 1, 0, 0, 1, 3, 6, 9, 10, 10, 9, 12, 10, 8, 8, 8, 9, 11, 14, 17, 18, 13, 7];
export interface WeekOptions {
  now: Date;
  /** About so many visits on a working day. */
  perDay: number;
  random: Random;
}

/** The times of visits in each quarter of an hour, as many as the hour of the day has. */
function* timesOf({ now, perDay, random }: WeekOptions): Generator<Date> {
  const perWeight = perDay / hourWeights.reduce((sum, weight) => sum + weight) / 4;
  for (let from = now.getTime() - 7 * dayMs; from < now.getTime(); from += 15 * minuteMs) {
    const china = new Date(from + chinaOffsetMs);
    const isWeekend = china.getUTCDay() % 6 === 0;
    const expected = perWeight * (hourWeights[china.getUTCHours()] ?? 0) * (isWeekend ? 1.3 : 1);
    const count = Math.floor(expected * (0.7 + 0.6 * random.next()) + random.next());
    const offsets = Array.from({ length: count }, () => random.next() * 14 * minuteMs).sort((a, b) => a - b);
    for (const offset of offsets) yield new Date(from + offset);
  }
}

interface Trouble {
  from: Date;
  until: Date;
  /** Of the visits, so many of a hundred are hit. */
  percent: number;
  device?: Device;
  fault: PlannedFault;
}

/** What went wrong for a while, for many at once. */
export function troublesOf(now: Date): Trouble[] {
  const china = (daysAgo: number, from: ClockTime, minutes: number) => {
    const begin = chinaTime(now, daysAgo, from);
    return { from: begin, until: new Date(begin.getTime() + minutes * minuteMs) };
  };
  const exchange = (errcode: number): PlannedFault => ({ endpoint: "access_token", errcode });
  return [
    // The AppSecret of the website app was reset, and the old one stayed in the settings for a while; once more later on.
    { ...china(4, "10:10", 100), percent: 100, device: "desktop", fault: exchange(40125) },
    { ...china(1, "12:05", 60), percent: 100, device: "desktop", fault: exchange(40125) },
    // The site moved, and WeChat knew the old callback domain only: people saw WeChat's error page and never came back.
    { ...china(3, "11:20", 100), percent: 90, fault: { endpoint: "authorize", errcode: 10003 } },
    // A message to all followers brought more people within a minute than WeChat answers for.
    { ...china(6, "19:30", 20), percent: 30, fault: { endpoint: "userinfo", errcode: 45011 } },
    // WeChat itself was busy on the busiest evening.
    { ...china(2, "20:30", 75), percent: 80, fault: exchange(-1) },
    // It goes on now: pages open the callback twice, and the second one finds the code used.
    { from: new Date(now.getTime() - 45 * minuteMs), until: now, percent: 25, fault: exchange(40163) },
  ];
}

/** What goes wrong all the time, for one at a time. */
const usualFaults: [weight: number, fault: PlannedFault | undefined][] = [
  [945, undefined],
  [22, { endpoint: "access_token", errcode: 40163 }],
  [12, { endpoint: "access_token", errcode: 40029 }],
  [7, { endpoint: "access_token", errcode: -1 }],
  [5, { endpoint: "userinfo", errcode: 45011 }],
  [3, { endpoint: "userinfo", errcode: 42001 }],
  [3, { endpoint: "access_token", errcode: 40226 }],
];

const usualActs: [weight: number, does: Visit["does"]][] = [
  [880, "signs_in"],
  [70, "leaves"],
  [38, "refuses"],
  [12, "sees_snapshot"],
];

const deviceOf = (person: number): Device =>
  person % 10 < 5 ? "android" : person % 10 < 8 ? "iphone" : "desktop";

/** So many people are there on the first morning; afterwards about every fourth visit is of a new one. */
const firstPeople = 40;
/** One in so many of those who come back uses the desktop this time. */
const otherDevice = 9;

/** Everyone who comes within the seven days before now, the first one first. */
export function planWeek(options: WeekOptions): Visit[] {
  const { now, random } = options;
  const troubles = troublesOf(now);
  let known = 0;
  const usual = [...timesOf(options)].map((at): Visit => {
    const isNew = known < firstPeople || random.isOneOf(4);
    // Of those who are known, the newest ones come back most often.
    const person = isNew ? known++ : known - 1 - Math.floor(known * random.next() ** 1.7);
    const device = !isNew && random.isOneOf(otherDevice) ? "desktop" : deviceOf(person);
    const trouble = troubles.find(
      (one) => one.from <= at && at < one.until && (one.device ?? device) === device,
    );
    const isHit = trouble !== undefined && random.next() * 100 < trouble.percent;
    const fault = isHit ? onPageOf(trouble.fault, device) : random.pick(usualFaults);
    const does = isHit ? "signs_in" : random.pick(usualActs);
    return { at, person, device, does, ...(fault && { fault }) };
  });
  return [...usual, ...troubles.flatMap(visitsOf)].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** However few come, some new people meet each trouble: the operators of the demo act on it. */
function visitsOf({ from, until, device = "android", fault }: Trouble, number: number): Visit[] {
  return Array.from({ length: visitsOfTrouble }, (_, n) => {
    const at = new Date(from.getTime() + ((until.getTime() - from.getTime()) * (n + 0.5)) / visitsOfTrouble);
    const person = 8_000 + number * visitsOfTrouble + n;
    return { at, person, device, does: "signs_in", fault: onPageOf(fault, device) };
  });
}

const visitsOfTrouble = 4;

/** A desktop is shown a QR code instead of the page in WeChat. */
const onPageOf = (fault: PlannedFault, device: Device): PlannedFault =>
  fault.endpoint === "authorize" && device === "desktop" ? { ...fault, endpoint: "qrconnect" } : fault;
