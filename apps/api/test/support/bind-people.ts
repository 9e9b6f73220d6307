import type { Deps } from "../../src/domain/deps.js";
import { resolveIdentity } from "../../src/domain/identity/identity.js";

/** Binds people, eight at a time: those with the numbers from `first` up to `count`, in steps of `step`. */
export async function bindPeople(
  deps: Deps,
  { first, step, count }: { first: number; step: number; count: number },
): Promise<void> {
  const app = deps.apps.byKey("web");
  if (!app) throw new Error("there is no app web");
  let next = first;
  const bindNext = async () => {
    for (let n = next; n < count; n = next) {
      next += step;
      const identity = { app, openid: `oPerson${n}`, unionid: undefined, scope: "snsapi_login" };
      await resolveIdentity(deps, { ...identity, profile: undefined });
    }
  };
  await Promise.all(Array.from({ length: 8 }, bindNext));
}
