import type { PersonPatch } from "./people.js";
import type { SettingsPatch } from "./settings.js";

/** Reads `PATCH /_simulator/people/:id`. @throws {TypeError} that says in words what is wrong */
export function parsePersonPatch(input: unknown): PersonPatch {
  const { nickname, headimgurl, unionid, follows, ...unknown } = asRecord(input);
  refuseUnknown(unknown, "nickname, headimgurl, unionid, follows");
  return {
    ...(nickname === undefined ? {} : { nickname: text(nickname, "nickname") }),
    ...(headimgurl === undefined ? {} : { headimgurl: text(headimgurl, "headimgurl") }),
    ...(unionid === undefined ? {} : { unionid: flag(unionid, "unionid") }),
    ...(follows === undefined ? {} : { follows: flag(follows, "follows") }),
  };
}

/** Reads `PATCH /_simulator/settings`. @throws {TypeError} that says in words what is wrong */
export function parseSettingsPatch(input: unknown): SettingsPatch {
  const { refusal, doubleCallback, callbackHosts, ...unknown } = asRecord(input);
  refuseUnknown(unknown, "refusal, doubleCallback, callbackHosts");
  if (refusal !== undefined && refusal !== "nothing" && refusal !== "state_only") {
    throw new TypeError("refusal must be nothing or state_only");
  }
  if (callbackHosts !== undefined && !Array.isArray(callbackHosts)) {
    throw new TypeError("callbackHosts must be a list of hosts");
  }
  return {
    ...(refusal === undefined ? {} : { refusal }),
    ...(doubleCallback === undefined ? {} : { doubleCallback: flag(doubleCallback, "doubleCallback") }),
    ...(callbackHosts === undefined
      ? {}
      : { callbackHosts: callbackHosts.map((host) => text(host, "a callback host")) }),
  };
}

/** Reads `POST /_simulator/clock`: time goes forward only. @throws {TypeError} that says in words what is wrong */
export function parseAdvance(input: unknown): number {
  const { advanceSeconds } = asRecord(input);
  // Ten years: beyond that dates stop making sense.
  if (typeof advanceSeconds !== "number" || !(advanceSeconds >= 0 && advanceSeconds <= 315_360_000)) {
    throw new TypeError("advanceSeconds must be a number from 0 to 315360000");
  }
  return advanceSeconds;
}

function asRecord(input: unknown): Record<string, unknown> {
  if (typeof input !== "object" || input === null) throw new TypeError("the body must be a JSON object");
  return input as Record<string, unknown>;
}

function refuseUnknown(unknown: Record<string, unknown>, known: string): void {
  const names = Object.keys(unknown);
  if (names.length > 0) throw new TypeError(`unknown: ${names.join(", ")}; known: ${known}`);
}

function text(input: unknown, name: string): string {
  if (typeof input !== "string") throw new TypeError(`${name} must be a text`);
  return input;
}

function flag(input: unknown, name: string): boolean {
  if (typeof input !== "boolean") throw new TypeError(`${name} must be true or false`);
  return input;
}
