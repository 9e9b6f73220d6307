import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { setProfile } from "../src/db/profiles.js";
import { writeNicknameGrams } from "../src/domain/jobs/nickname-grams.js";
import { type DomainHarness, startDomainHarness } from "./support/domain-harness.js";
import { rowsOf } from "./support/rows.js";
import { seedPerson } from "./support/seed.js";

let harness: DomainHarness;
beforeEach(async () => {
  harness = await startDomainHarness();
});
afterEach(() => harness.close());

const person = (nickname: string) => {
  const { appId } = harness.app("oa");
  return seedPerson(harness.db, { at: harness.deps.now(), appId, nickname, openid: `o-${nickname}` });
};

/** The grams of each binding, in order. */
async function grams(): Promise<Record<string, string[]>> {
  const byBinding: Record<string, string[]> = {};
  for (const { bindingId, gram } of await rowsOf(harness.db, "nicknameGrams")) {
    byBinding[bindingId] = [...(byBinding[bindingId] ?? []), gram].sort();
  }
  return byBinding;
}

describe("the grams of nicknames", () => {
  it("are written once for each, by several processes at once too, and again for a new nickname", async () => {
    const [zhang, emoji, quoted] = [await person("张三三三"), await person("😀A"), await person(`"\\\n`)];
    await Promise.all([writeNicknameGrams(harness.deps), writeNicknameGrams(harness.deps)]);
    const first = {
      [zhang.bindingId]: ["三", "三三", "张三"].sort(),
      [emoji.bindingId]: ["a", "😀a"].sort(),
      [quoted.bindingId]: [`"\\`, "\\\n", "\n"].sort(),
    };
    expect(await grams()).toEqual(first);
    const profile = {
      bindingId: zhang.bindingId,
      nickname: "李",
      nicknameFolded: "李",
      avatarUrl: null as never,
    };
    await harness.db.run(setProfile, { ...profile, now: harness.deps.now() });
    expect(await grams()).toEqual(first);
    await writeNicknameGrams(harness.deps);
    expect(await grams()).toEqual({ ...first, [zhang.bindingId]: ["李"] });
  });

  it("go with the binding, and are written for more people than fit into a batch", async () => {
    const people = await Promise.all(Array.from({ length: 101 }, (_, n) => person(`p${n}`)));
    await writeNicknameGrams(harness.deps);
    expect(Object.keys(await grams()).sort()).toEqual(people.map(({ bindingId }) => bindingId).sort());
    const [{ bindingId } = { bindingId: "" }] = people;
    await harness.db.consoleQuery((orm, { bindings }) =>
      orm.delete(bindings).where(eq(bindings.id, bindingId)).returning(),
    );
    expect(Object.keys(await grams())).toHaveLength(100);
    expect(await grams()).not.toHaveProperty(bindingId);
  });
});
