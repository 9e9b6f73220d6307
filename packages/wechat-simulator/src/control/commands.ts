import { addCallbackHost, verifyFileOf } from "../rules/verify-file.js";
import { issueJsCode } from "../sns/js-code.js";
import type { AppPatch, SimulatedApp } from "../stores/apps.js";
import type { NewPerson, Person, PersonPatch } from "../stores/person.js";
import type { SettingsPatch } from "../stores/settings.js";
import type { World } from "../stores/store.js";

// What people and operators do that no call of an app does. The control API, `startSimulator` and the panel offer the
// same deeds.

/** Somebody, or an app, that is not there. */
export class UnknownNameError extends RangeError {
  override readonly name = "UnknownNameError" as const;
}

/** @throws {UnknownNameError} */
export function getPerson(world: World, personId: string): Person {
  const person = world.people.find(personId);
  if (!person) throw new UnknownNameError(`nobody has the person id ${personId}`);
  return person;
}

/** @throws {UnknownNameError} */
export function getApp(world: World, appId: string): SimulatedApp {
  const app = world.apps.find(appId);
  if (!app) throw new UnknownNameError(`no app has the appid ${appId}`);
  return app;
}

/** Somebody new with a phone. @throws {TypeError} that says what is wrong with the id */
export function createPerson(world: World, person: NewPerson = {}): Person {
  return world.people.create(person);
}

/** @throws {UnknownNameError} */
export function updatePerson(world: World, personId: string, patch: PersonPatch): Person {
  getPerson(world, personId);
  return world.people.update(personId, patch) ?? getPerson(world, personId);
}

/**
 * The person deletes their WeChat account: codes and web tokens yield nobody any more (50002, a refresh 40030). Anybody
 * may go, the named few too: apps have to cope with it, and a reset brings them back.
 *
 * @throws {UnknownNameError}
 */
export function deletePerson(world: World, personId: string): void {
  const { id } = getPerson(world, personId);
  world.people.delete(id);
  world.codes.orphan(id);
  world.snsTokens.end("account_deleted", id);
}

/** @throws {UnknownNameError} */
export function updateApp(world: World, appId: string, patch: AppPatch): SimulatedApp {
  return world.apps.update(appId, patch) ?? getApp(world, appId);
}

/**
 * Follows or unfollows one Official Account. Web tokens go on as before; user/info and test accounts notice.
 *
 * @throws {UnknownNameError}
 */
export function setFollow(world: World, personId: string, appId: string, follows: boolean): void {
  world.followers.set(getPerson(world, personId).id, follows, getApp(world, appId).appId);
}

/**
 * The person takes the app's authorization back in WeChat's settings: its tokens end, and it has to ask again.
 *
 * @throws {UnknownNameError}
 */
export function revoke(world: World, personId: string, appId: string): void {
  world.snsTokens.end("revoked", getPerson(world, personId).id, getApp(world, appId).appId);
  world.consents.delete(personId, appId);
}

/**
 * A new WeChat password ends every web token of the person so far, in all apps (42007).
 *
 * @throws {UnknownNameError}
 */
export function changePassword(world: World, personId: string): void {
  world.snsTokens.end("password_changed", getPerson(world, personId).id);
}

/**
 * What a mini program gets from `wx.login()` on this person's phone.
 *
 * @throws {UnknownNameError}
 * @throws {TypeError} the app is no mini program
 */
export function createJsCode(world: World, personId: string, appId: string): string {
  const app = getApp(world, appId);
  if (app.kind !== "mini_program") throw new TypeError(`the app ${appId} is no mini program`);
  return issueJsCode(world, getPerson(world, personId), app);
}

/**
 * Adds a callback domain after its MP_verify file was found there.
 *
 * @throws {UnknownNameError}
 * @throws {TypeError} that says why the domain was not taken
 */
export async function verifyCallbackHost(world: World, appId: string, host: string): Promise<void> {
  await addCallbackHost(getApp(world, appId), verifyFileOf(world.people.seed, appId), host);
}

/**
 * Ends one code or token at once: a code and a web token expire, the account's token is replaced (40001), of a ticket
 * the next call makes a new one.
 *
 * @returns whether it was alive
 */
export function endToken(world: World, token: string): boolean {
  return (
    world.codes.expire(token) ||
    world.snsTokens.expire(token) ||
    world.globalTokens.end(token) ||
    world.tickets.expire(token)
  );
}

/** Changes switches; `callbackHosts` replaces the callback domains of every app. */
export function applySettings(world: World, { callbackHosts, ...settings }: SettingsPatch): void {
  world.settings = { ...world.settings, ...settings };
  if (callbackHosts) world.apps.setCallbackHosts(callbackHosts);
}
