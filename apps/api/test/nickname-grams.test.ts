import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findRareGram } from "../src/db/console/nicknames.js";
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

describe("the gram by which a nickname is searched", () => {
  /** Of at most three rows that are read for each. */
  const gramOf = (folded: string) => findRareGram(harness.db, { folded, matchesParts: true }, 3);

  it("is the rarest, as long as fewer people have it than are read", async () => {
    for (const nickname of ["张三a", "张三b", "三a"]) await person(nickname);
    await writeNicknameGrams(harness.deps);
    expect([await gramOf("张三a"), await gramOf("三"), await gramOf("a"), await gramOf("noone")]).toEqual([
      "张三",
      null,
      "a",
      "no",
    ]);
  });

  it("is not looked for while as many nicknames wait for their grams as are read", async () => {
    await person("张三");
    await person("李四");
    expect(await gramOf("张三")).toBe("张三");
    await person("王五");
    expect(await gramOf("张三")).toBeNull();
    await writeNicknameGrams(harness.deps);
    expect(await gramOf("张三")).toBe("张三");
  });
});
