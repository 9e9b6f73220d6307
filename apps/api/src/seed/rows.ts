import type { SignInOutcome, Tables } from "../db/schema.js";
import { foldNickname } from "../domain/identity/identity.js";
import { idOf, lettersOf, Random } from "./random.js";

// Rows as a service of this size has them: most of them alike, a few rare, some people far more often than others.

type Row<Name extends keyof Tables> = Tables[Name]["$inferInsert"];

export interface Size {
  people: number;
  failures: number;
  now: Date;
  appIds: readonly string[];
}

const days = 180;
const dayMs = 86_400_000;
const signInsPerPerson = 2;

/** Evenly over the last half year, the first one first. */
const timeOf = ({ now }: Size, number: number, count: number) =>
  new Date(Math.floor(now.getTime() - days * dayMs * (1 - (number + 0.5) / count)));

export const daysBefore = ({ now }: Pick<Size, "now">, number: number): Date =>
  new Date(Math.floor(now.getTime() - dayMs * number));

/** The first app has most people, the last one hardly any. */
export const appWeights = ({ appIds }: Pick<Size, "appIds">) =>
  appIds.map((appId, n) => [1 / 12 ** n, appId] as const);

const appOf = (size: Size, random: Random): string => random.pick(appWeights(size));

/** One of few in every fiftieth row, else the more often the lower the number is. */
function someone({ people }: Size, random: Random): number {
  return random.isOneOf(50) ? random.below(Math.min(5, people)) : Math.floor(people * random.next() ** 2);
}

const familyNames = [..."王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾"];
const givenNames = [
  ..."伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰梅建国文晨宇浩子轩雨桐思琪欣怡梦瑶嘉",
];
const latinNames = ["Anna", "Ben", "Coco", "Daniel", "Echo", "Felix", "Grace", "Henry", "Iris", "Jason"];

export function nicknameOf(random: Random): string | null {
  const one = (characters: readonly string[]) => characters[random.below(characters.length)] ?? "";
  return random.pick<() => string | null>([
    // What WeChat gives for many.
    [30, () => "微信用户"],
    [45, () => one(familyNames) + one(givenNames) + (random.isOneOf(3) ? "" : one(givenNames))],
    [10, () => `${one(latinNames)}${random.below(1000)}`],
    [5, () => `${one(givenNames)}的${one(givenNames)}${one(givenNames)}`],
    [10, () => null],
  ])();
}

export interface SeededPerson {
  user: Row<"users">;
  binding: Row<"bindings">;
  union: Row<"unions"> | undefined;
  token: Row<"userTokens"> | undefined;
  session: Row<"sessions"> | undefined;
  externalUser: Row<"externalUsers"> | undefined;
  conflict: Row<"identityConflicts"> | undefined;
}

/** The person with this number, always the same: sign-ins and failures name them. */
export function identityOf(size: Size, number: number) {
  const at = timeOf(size, number, size.people);
  return {
    at,
    userId: idOf("user", at.getTime(), number),
    appId: appOf(size, new Random(number)),
    openid: `o${lettersOf("openid", number, 27)}`,
  };
}

export function personOf(size: Size, number: number): SeededPerson {
  const { at, userId, appId, openid } = identityOf(size, number);
  const random = new Random(number * 7 + 1);
  const bindingId = idOf("binding", at.getTime(), number);
  const unionid = random.isOneOf(3) ? null : `u${lettersOf("unionid", number, 27)}`;
  const nickname = nicknameOf(random);
  const nicknameFolded = nickname === null ? null : foldNickname(nickname);
  const seenAt = new Date(at.getTime() + random.next() * (size.now.getTime() - at.getTime()));
  const scope = nickname === null ? "snsapi_base" : "snsapi_userinfo";
  const createdAt = at;
  return {
    user: { id: userId, status: random.isOneOf(300) ? "blocked" : "active", createdAt, lastSignInAt: seenAt },
    binding: {
      ...{ id: bindingId, appId, openid, userId, unionid, scope, nickname, nicknameFolded },
      ...{
        searchableAs: nicknameFolded,
        profileAt: nickname === null ? null : at,
        createdAt,
        lastSignInAt: seenAt,
      },
    },
    union: unionid === null ? undefined : { group: "demo", unionid, userId, createdAt },
    token: random.isOneOf(3)
      ? undefined
      : {
          ...{ bindingId, appId, accessToken: "seeded", refreshToken: "seeded", scope, scopeRank: 2 },
          ...{ expiresAt: later(seenAt, 2 / 24), refreshExpiresAt: later(seenAt, 30), updatedAt: seenAt },
          refusedErrcode: random.isOneOf(500) ? "42007" : null,
        },
    session: random.isOneOf(4)
      ? {
          ...{ secretHash: `seeded-${number}`, id: idOf("session", seenAt.getTime(), number), userId },
          ...{ signInId: idOf("none", seenAt.getTime(), number), createdAt: seenAt, lastSeenAt: size.now },
          expiresAt: later(size.now, 30),
        }
      : undefined,
    externalUser: random.isOneOf(5)
      ? { clientId: "shop", externalId: String(100_000 + number), userId, createdAt }
      : undefined,
    conflict:
      number > 0 && random.isOneOf(500)
        ? {
            ...{
              id: idOf("conflict", at.getTime(), number),
              group: "demo",
              unionid: `u${lettersOf("unionid", number - 1, 27)}`,
            },
            ...{ userId, otherUserId: identityOf(size, number - 1).userId, createdAt },
            ...(random.isOneOf(4) ? {} : { resolvedAt: seenAt, resolution: "kept_apart" as const }),
          }
        : undefined,
  };
}

const later = (at: Date, days: number) => new Date(at.getTime() + days * dayMs);

export const signInCount = ({ people }: Size): number => people * signInsPerPerson;

export const outcomes: [number, SignInOutcome][] = [
  [800, "signed_in"],
  [80, "abandoned"],
  [40, "failed"],
  [30, "refused"],
  [20, "expired"],
  [15, "bound"],
  [10, "snapshot"],
  [3, "blocked"],
  [2, "bound_elsewhere"],
];

export function signInOf(size: Size, number: number): Row<"signIns"> {
  const count = signInCount(size);
  const createdAt = timeOf(size, number, count);
  const random = new Random(number * 5 + 2);
  const who = someone(size, random);
  const { userId, appId, openid } = identityOf(size, who);
  // The last ones are still under way.
  const outcome = number > count - 20 ? null : random.pick(outcomes);
  const isKnown = outcome === "signed_in" || outcome === "bound" || outcome === "blocked";
  return {
    ...{ id: signInIdOf(size, number), purpose: "sign_in", appId, returnTo: "/login/account", createdAt },
    ...{ browserHash: `seeded-${who}`, expiresAt: new Date(createdAt.getTime() + 600_000) },
    ...{ outcome, outcomeAt: outcome && new Date(createdAt.getTime() + 4_000) },
    ...{ openid: isKnown ? openid : null, userId: outcome === "signed_in" ? userId : null },
    browserUserId: random.isOneOf(2) ? userId : null,
    // Many share the address of a carrier.
    ip: random.isOneOf(10) ? "203.0.113.7" : `198.18.${random.below(256)}.${random.below(256)}`,
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0.50",
  };
}

const signInIdOf = (size: Size, number: number) =>
  idOf("sign-in", timeOf(size, number, signInCount(size)).getTime(), number);

const exchange = "sns/oauth2/access_token";
export const failureKinds: [number, readonly [endpoint: string, errcode: string, errmsg: string]][] = [
  [600, [exchange, "40163", "code been used"]],
  [150, [exchange, "40029", "invalid code"]],
  [100, ["sns/userinfo", "40001", "invalid credential, access_token is invalid or not latest"]],
  [60, ["sns/userinfo", "42001", "access_token expired"]],
  [40, [exchange, "TIMEOUT", "no answer within 4500 ms"]],
  [30, [exchange, "-1", "system error"]],
  [10, ["cgi-bin/stable_token", "40164", "invalid ip 203.0.113.9, not in whitelist"]],
  [8, ["sns/userinfo", "48001", "api unauthorized"]],
  [1, ["sns/userinfo", "50002", "user limited"]],
  [0.01, ["sns/auth", "40003", "invalid openid"]],
];

export function failureOf(size: Size, number: number): Row<"apiFailures"> {
  const at = timeOf(size, number, size.failures);
  const random = new Random(number * 3 + 3);
  const [endpoint, errcode, errmsg] = random.pick(failureKinds);
  const { openid, appId } = identityOf(size, someone(size, random));
  const hex = (digits: number) =>
    random
      .below(16 ** digits)
      .toString(16)
      .padStart(digits, "0");
  const signIns = signInCount(size);
  const signIn = Math.min(signIns - 1, Math.floor((number / size.failures) * signIns));
  return {
    ...{ id: idOf("failure", at.getTime(), number), at, appId, endpoint, errcode, errmsg },
    rid: errcode === "TIMEOUT" ? null : [hex(8), hex(8), hex(8)].join("-"),
    openid: endpoint.startsWith("sns/userinfo") ? openid : null,
    ...{ attempt: random.isOneOf(8) ? 2 : 1, latencyMs: 20 + random.below(400) },
    signInId: endpoint === "cgi-bin/stable_token" ? null : signInIdOf(size, signIn),
  };
}
