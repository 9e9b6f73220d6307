import { parsePersonPatch } from "../control-input.js";
import { asRecord, text } from "../input.js";
import type { Person } from "../people.js";
import type { World } from "../world.js";

/**
 * Makes somebody new with a phone: in the panel, or by `POST /_simulator/people`. Fields that are left out are as usual;
 * an id is made up.
 *
 * @throws {TypeError} that says in words what is wrong
 */
export function createPerson(world: World, input: unknown): Person {
  const { id, ...fields } = asRecord(input, "the body");
  const personId = id === undefined || id === "" ? freeId(world) : text(id, "id");
  return world.people.create({
    nickname: personId,
    headimgurl: `https://thirdwx.qlogo.cn/mmopen/vi_32/simulated-${encodeURIComponent(personId)}/132`,
    unionid: true,
    follows: true,
    snapshot: false,
    highRisk: false,
    ...parsePersonPatch(fields),
    id: personId,
  });
}

/** `person-1`, `person-2`, …: after a reset they start again, and so do their openids. */
function freeId(world: World): string {
  let number = 1;
  while (world.people.find(`person-${number}`)) number += 1;
  return `person-${number}`;
}
