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
import type { Form, FormHandler } from "./form.js";

/** Forms about people. */
export const PEOPLE_FORMS: Readonly<Record<string, FormHandler>> = {
  "people/create"(store, form) {
    createPerson(store, parseNewPerson({ id: form.id, ...fieldsOf(form) }));
    return "created";
  },
  "people/update"(store, form) {
    const { follows, ...fields } = fieldsOf(form);
    const person = updatePerson(store, form.person ?? "", parsePersonPatch(fields));
    // Only if changed: setting it would overwrite what was set for one account.
    if (person.follows !== follows) updatePerson(store, person.id, parsePersonPatch({ follows }));
    return "saved";
  },
  "people/follow"(store, { person = "", appId = "" }) {
    setFollow(store, person, appId, true);
    return "followed";
  },
  "people/unfollow"(store, { person = "", appId = "" }) {
    setFollow(store, person, appId, false);
    return "unfollowed";
  },
  "people/revoke"(store, { person = "", appId = "" }) {
    revoke(store, person, appId);
    return "revoked";
  },
  "people/password"(store, { person = "" }) {
    changePassword(store, person);
    return "password";
  },
  "people/delete"(store, { person = "" }) {
    deletePerson(store, person);
    return "deleted";
  },
  "people/js-code"(store, { person = "", appId = "" }) {
    createJsCode(store, person, appId);
    return { location: "/tokens?done=js_code" };
  },
};

/** Unticked checkboxes are not sent. */
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
