import { addCallbackHost, verifyFileOf } from "../rules/verify-file.js";
import { issueJsCode } from "../sns/js-code.js";
import type { AppPatch, SimulatedApp } from "../stores/apps.js";
import type { NewPerson, Person, PersonPatch } from "../stores/person.js";
import type { SettingsPatch } from "../stores/settings.js";
import type { Store } from "../stores/store.js";

// What people and operators do that no call of an app does. The control API, `startSimulator` and the panel offer the
// same deeds.

/** Somebody, or an app, that is not there. */
export class NotFoundError extends RangeError {
  override readonly name = "UnknownNameError" as const;
}

/** @throws {NotFoundError} */
export function getPerson(store: Store, personId: string): Person {
  const person = store.people.find(personId);
  if (!person) throw new NotFoundError(`nobody has the person id ${personId}`);
  return person;
}

/** @throws {NotFoundError} */
export function getApp(store: Store, appId: string): SimulatedApp {
  const app = store.apps.find(appId);
  if (!app) throw new NotFoundError(`no app has the appid ${appId}`);
  return app;
}

/** Somebody new with a phone. @throws {TypeError} that says what is wrong with the id */
export function createPerson(store: Store, person: NewPerson = {}): Person {
  return store.people.create(person);
}

/** @throws {NotFoundError} */
export function updatePerson(store: Store, personId: string, patch: PersonPatch): Person {
  getPerson(store, personId);
  return store.people.update(personId, patch) ?? getPerson(store, personId);
}

/**
 * The person deletes their WeChat account: codes and web tokens yield nobody any more (50002, a refresh 40030). Anybody
 * may go, the named few too: apps have to cope with it, and a reset brings them back.
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
 * Follows or unfollows one Official Account. Web tokens go on as before; user/info and test accounts notice.
 *
 * @throws {NotFoundError}
 */
export function setFollow(store: Store, personId: string, appId: string, follows: boolean): void {
  store.followers.set(getPerson(store, personId).id, follows, getApp(store, appId).appId);
}

/**
 * The person takes the app's authorization back in WeChat's settings: its tokens end, and it has to ask again.
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
 * What a mini program gets from `wx.login()` on this person's phone.
 *
 * @throws {NotFoundError}
 * @throws {TypeError} the app is no mini program
 */
export function createJsCode(store: Store, personId: string, appId: string): string {
  const app = getApp(store, appId);
  if (app.kind !== "mini_program") throw new TypeError(`the app ${appId} is no mini program`);
  return issueJsCode(store, getPerson(store, personId), app);
}

/**
 * Adds a callback domain after its MP_verify file was found there.
 *
 * @throws {NotFoundError}
 * @throws {TypeError} that says why the domain was not taken
 */
export async function verifyCallbackHost(store: Store, appId: string, host: string): Promise<void> {
  await addCallbackHost(getApp(store, appId), verifyFileOf(store.people.seed, appId), host);
}

/**
 * Ends one code or token at once: a code and a web token expire, the account's token is replaced (40001), of a ticket
 * the next call makes a new one.
 *
 * @returns whether it was alive
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
