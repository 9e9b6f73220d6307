import { addCallbackHost, verifyFileOf } from "../rules/verify-file.js";
import { issueJsCode } from "../sns/js-code.js";
import type { AppPatch, SimulatedApp } from "../stores/apps.js";
import type { NewPerson, Person, PersonPatch } from "../stores/person.js";
import type { SettingsPatch } from "../stores/settings.js";
import type { Store } from "../stores/store.js";

// What people do in WeChat and operators in its console. The control API, the handle of `startSimulator` and the panel
// offer the same commands.

/** The person or app does not exist. */
export class NotFoundError extends RangeError {
  override readonly name = "NotFoundError" as const;
}

/** @throws {NotFoundError} */
export function getPerson(store: Store, personId: string): Person {
  const person = store.people.find(personId);
  if (!person) throw new NotFoundError(`no person has the id ${personId}`);
  return person;
}

/** @throws {NotFoundError} */
export function getApp(store: Store, appId: string): SimulatedApp {
  const app = store.apps.find(appId);
  if (!app) throw new NotFoundError(`no app has the appid ${appId}`);
  return app;
}

/** @throws {TypeError} the id is malformed or taken */
export function createPerson(store: Store, person: NewPerson = {}): Person {
  return store.people.create(person);
}

/** @throws {NotFoundError} */
export function updatePerson(store: Store, personId: string, patch: PersonPatch): Person {
  getPerson(store, personId);
  return store.people.update(personId, patch) ?? getPerson(store, personId);
}

/**
 * The person deletes the WeChat account: codes and web tokens answer 50002, a refresh 40030. Named people can be deleted
 * too; a reset restores them.
 *
 * @throws {NotFoundError}
 */
export function deletePerson(store: Store, personId: string): void {
  const { id } = getPerson(store, personId);
  store.people.delete(id);
  store.codes.markAccountDeleted(id);
  store.snsTokens.end("account_deleted", id);
}

/** @throws {NotFoundError} */
export function updateApp(store: Store, appId: string, patch: AppPatch): SimulatedApp {
  return store.apps.update(appId, patch) ?? getApp(store, appId);
}

/**
 * Follows or unfollows one Official Account. Web tokens are not affected; user/info and test accounts are.
 *
 * @throws {NotFoundError}
 */
export function setFollow(store: Store, personId: string, appId: string, follows: boolean): void {
  store.followers.set(getPerson(store, personId).id, follows, getApp(store, appId).appId);
}

/**
 * The person revokes the app's authorization in WeChat's settings: its tokens end, and it must ask again.
 *
 * @throws {NotFoundError}
 */
export function revoke(store: Store, personId: string, appId: string): void {
  store.snsTokens.end("revoked", getPerson(store, personId).id, getApp(store, appId).appId);
  store.consents.delete(personId, appId);
}

/**
 * A new WeChat password ends every web token of the person so far, in all apps (42007).
 *
 * @throws {NotFoundError}
 */
export function changePassword(store: Store, personId: string): void {
  store.snsTokens.end("password_changed", getPerson(store, personId).id);
}

/**
 * The js_code that a mini program gets from `wx.login()` on this person's phone.
 *
 * @throws {NotFoundError}
 * @throws {TypeError} the app is not a mini program
 */
export function createJsCode(store: Store, personId: string, appId: string): string {
  const app = getApp(store, appId);
  if (app.kind !== "mini_program") throw new TypeError(`the app ${appId} is not a mini program`);
  return issueJsCode(store, getPerson(store, personId), app);
}

/**
 * Adds a callback domain after finding its MP_verify file there.
 *
 * @throws {NotFoundError}
 * @throws {TypeError} with the reason why the domain was not added
 */
export async function verifyCallbackHost(store: Store, appId: string, host: string): Promise<void> {
  await addCallbackHost(getApp(store, appId), verifyFileOf(store.people.seed, appId), host);
}

/**
 * Ends one code, token or ticket at once. A code and a web token expire, a global token counts as replaced (40001), and
 * the next getticket issues a new ticket.
 *
 * @returns whether it was valid until now
 */
export function endToken(store: Store, token: string): boolean {
  return (
    store.codes.expire(token) ||
    store.snsTokens.expire(token) ||
    store.globalTokens.end(token) ||
    store.tickets.expire(token)
  );
}

/** Changes switches; `callbackHosts` replaces the callback domains of every app. */
export function applySettings(store: Store, { callbackHosts, ...settings }: SettingsPatch): void {
  store.settings = { ...store.settings, ...settings };
  if (callbackHosts) store.apps.setCallbackHosts(callbackHosts);
}
