import type { Fault } from "../faults/fault.js";
import type { FaultAmount, NumberedFault } from "../faults/planned-faults.js";
import type { Endpoint, LoggedEndpoint } from "../protocol/endpoints.js";
import type { AppPatch, SimulatedApp } from "../stores/apps.js";
import type { NewPerson, Person, PersonPatch } from "../stores/person.js";
import type { LoggedRequest } from "../stores/request-log.js";
import type { SettingsPatch } from "../stores/settings.js";
import type { Store } from "../stores/store.js";
import {
  applySettings,
  changePassword,
  createJsCode,
  createPerson,
  deletePerson,
  endToken,
  getApp,
  getPerson,
  revoke,
  setFollow,
  updateApp,
  updatePerson,
  verifyCallbackHost,
} from "./commands.js";
import { describeCredentials, type ListedCredential } from "./issued-credentials.js";
import { describeState, type SimulatorState } from "./state.js";

/** Who somebody is to one app: what a login should end up with. */
export interface PersonInApp {
  openid: string;
  /** Absent when the person has none or the app is bound to no Open Platform account. */
  unionid?: string;
  nickname: string;
}

/** A simulated WeChat that listens, and the hand that steers it. */
export interface Simulator {
  /** `http://127.0.0.1:<port>`: give it to an app as both of WeChat's base URLs. */
  readonly url: string;
  readonly apps: readonly SimulatedApp[];
  /** @throws {RangeError} nobody has this id, or no app this appid */
  person(id: string, appId: string): PersonInApp;
  /**
   * Calls to this endpoint go wrong like this: the next so many (default 1), or `{ share: 0.2 }` of all to come.
   * Faults queue up; a call takes one.
   *
   * @throws {TypeError} a page cannot fail like that, or that is no share
   */
  fail(endpoint: Endpoint, fault: Fault, amount?: FaultAmount): void;
  clearFaults(): void;
  /**
   * Moves the simulator's clock forward: codes and tokens expire.
   *
   * @throws {TypeError} that is no way forward, or more than a hundred years since the start or the last reset
   */
  advance(seconds: number): void;
  /** The latest 1000 requests, oldest first. */
  requests(): LoggedRequest[];
  /** How often this endpoint was called since the start or the last reset; not bounded by 1000. */
  calls(endpoint: LoggedEndpoint): number;
  /** As if just started: no codes, tokens, faults or requests; people, settings and clock as at first. */
  reset(): void;
  /** Planned faults that still wait for calls, each with the number that `cancelFault` takes. */
  faults(): NumberedFault[];
  /** @returns whether it was still waiting */
  cancelFault(id: number): boolean;
  clearRequests(): void;
  /** What `GET /_simulator/state` tells. */
  state(): SimulatorState;
  /** Codes, tokens and tickets that were given out, newest first within each kind. */
  tokens(): ListedCredential[];
  /**
   * A code or web token expires, a global token is replaced (40001), a ticket is made anew.
   *
   * @returns whether it was alive
   */
  endToken(token: string): boolean;
  /** Somebody new; an id is made up where there is none. @throws {TypeError} the id has no good shape or is taken */
  createPerson(person?: NewPerson): Person;
  /**
   * The person's WeChat account is gone, until a reset: codes and web tokens answer 50002, a refresh 40030. The id is
   * not given again.
   *
   * @throws {RangeError} nobody has this id
   */
  deletePerson(id: string): void;
  /** @throws {RangeError} nobody has this id */
  updatePerson(id: string, patch: PersonPatch): Person;
  /** One Official Account alone; `updatePerson` with `follows` means all. @throws {RangeError} as `person` */
  follow(id: string, appId: string): void;
  /** @throws {RangeError} as `person` */
  unfollow(id: string, appId: string): void;
  /** The person takes the app's authorization back: its tokens end. @throws {RangeError} as `person` */
  revoke(id: string, appId: string): void;
  /** Ends every web token of the person so far, in all apps: 42007. @throws {RangeError} nobody has this id */
  changePassword(id: string): void;
  /** A mini program's js_code for jscode2session. @throws {RangeError} as `person` @throws {TypeError} no mini program */
  createJsCode(id: string, appId: string): string;
  /** @throws {RangeError} no app has this appid */
  updateApp(appId: string, patch: AppPatch): SimulatedApp;
  /** Addresses that may fetch this Official Account's token; `null`: everybody. @throws {RangeError} no such app */
  setIpAllowList(appId: string, addresses: readonly string[] | null): void;
  /** Adds a callback domain once its MP_verify file is found there. @throws {TypeError} that says why it was not taken */
  addCallbackHost(appId: string, host: string): Promise<void>;
  settings(patch: SettingsPatch): void;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/** The handle of a simulator that listens at `url`. */
export function createHandle(store: Store, url: string, close: () => Promise<void>): Simulator {
  return {
    url,
    get apps() {
      return store.apps.list();
    },
    person(id, appId) {
      const { openid, unionid, nickname } = store.people.identify(getPerson(store, id), getApp(store, appId));
      return unionid === undefined ? { openid, nickname } : { openid, unionid, nickname };
    },
    fail: (endpoint, fault, amount) => store.faults.plan(endpoint, fault, amount),
    clearFaults: () => store.faults.clear(),
    advance: (seconds) => store.clock.advance(seconds),
    requests: () => store.requests.list(),
    calls: (endpoint) => store.requests.count(endpoint),
    reset: () => store.reset(),
    faults: () => store.faults.listNumbered(),
    cancelFault: (id) => store.faults.cancel(id),
    clearRequests: () => store.requests.clear(),
    state: () => describeState(store),
    tokens: () => describeCredentials(store),
    endToken: (token) => endToken(store, token),
    createPerson: (person) => createPerson(store, person),
    deletePerson: (id) => deletePerson(store, id),
    updatePerson: (id, patch) => updatePerson(store, id, patch),
    follow: (id, appId) => setFollow(store, id, appId, true),
    unfollow: (id, appId) => setFollow(store, id, appId, false),
    revoke: (id, appId) => revoke(store, id, appId),
    changePassword: (id) => changePassword(store, id),
    createJsCode: (id, appId) => createJsCode(store, id, appId),
    updateApp: (appId, patch) => updateApp(store, appId, patch),
    setIpAllowList: (appId, ipAllowList) => void updateApp(store, appId, { ipAllowList }),
    addCallbackHost: (appId, host) => verifyCallbackHost(store, appId, host),
    settings: (patch) => applySettings(store, patch),
    close,
  };
}
