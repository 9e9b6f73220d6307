import {
  changePassword,
  createJsCode,
  createPerson,
  deletePerson,
  revoke,
  setFollow,
  updatePerson,
} from "../control/commands.js";
import { parseNewPerson, parsePersonPatch } from "../input/parse-person.js";
import type { PersonPatch } from "../stores/person.js";
import type { Form, FormAct } from "./form.js";

/** What can happen to people. */
export const PEOPLE_FORMS: Readonly<Record<string, FormAct>> = {
  "people/create"(world, form) {
    createPerson(world, parseNewPerson({ id: form.id, ...fieldsOf(form) }));
    return "created";
  },
  "people/update"(world, form) {
    const { follows, ...fields } = fieldsOf(form);
    const person = updatePerson(world, form.person ?? "", parsePersonPatch(fields));
    // Only when it was changed: it would undo what was set for one account alone.
    if (person.follows !== follows) updatePerson(world, person.id, parsePersonPatch({ follows }));
    return "saved";
  },
  "people/follow"(world, { person = "", appId = "" }) {
    setFollow(world, person, appId, true);
    return "followed";
  },
  "people/unfollow"(world, { person = "", appId = "" }) {
    setFollow(world, person, appId, false);
    return "unfollowed";
  },
  "people/revoke"(world, { person = "", appId = "" }) {
    revoke(world, person, appId);
    return "revoked";
  },
  "people/password"(world, { person = "" }) {
    changePassword(world, person);
    return "password";
  },
  "people/delete"(world, { person = "" }) {
    deletePerson(world, person);
    return "deleted";
  },
  "people/js-code"(world, { person = "", appId = "" }) {
    createJsCode(world, person, appId);
    return { location: "/tokens?done=js_code" };
  },
};

/** A checkbox that is not ticked is not sent. */
function fieldsOf({ nickname, headimgurl, unionid, follows, snapshot, highRisk }: Form): PersonPatch {
  return {
    ...(nickname === undefined ? {} : { nickname }),
    ...(headimgurl === undefined ? {} : { headimgurl }),
    unionid: unionid === "1",
    follows: follows === "1",
    snapshot: snapshot === "1",
    highRisk: highRisk === "1",
  };
}
