import type { Fault } from "../faults/fault.js";
import type { FaultAmount, NumberedFault } from "../faults/planned-faults.js";
import type { Endpoint, LoggedEndpoint } from "../protocol/endpoints.js";
import type { AppPatch, SimulatedApp } from "../stores/apps.js";
import type { NewPerson, Person, PersonPatch } from "../stores/person.js";
import type { LoggedRequest } from "../stores/request-log.js";
import type { SettingsPatch } from "../stores/settings.js";
import type { World } from "../stores/store.js";
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
import { describeLives, type ListedToken } from "./issued-credentials.js";
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
  tokens(): ListedToken[];
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
export function createHandle(world: World, url: string, close: () => Promise<void>): Simulator {
  return {
    url,
    get apps() {
      return world.apps.list();
    },
    person(id, appId) {
      const { openid, unionid, nickname } = world.people.identify(getPerson(world, id), getApp(world, appId));
      return unionid === undefined ? { openid, nickname } : { openid, unionid, nickname };
    },
    fail: (endpoint, fault, amount) => world.faults.plan(endpoint, fault, amount),
    clearFaults: () => world.faults.clear(),
    advance: (seconds) => world.clock.advance(seconds),
    requests: () => world.requests.list(),
    calls: (endpoint) => world.requests.count(endpoint),
    reset: () => world.reset(),
    faults: () => world.faults.listNumbered(),
    cancelFault: (id) => world.faults.cancel(id),
    clearRequests: () => world.requests.clear(),
    state: () => describeState(world),
    tokens: () => describeLives(world),
    endToken: (token) => endToken(world, token),
    createPerson: (person) => createPerson(world, person),
    deletePerson: (id) => deletePerson(world, id),
    updatePerson: (id, patch) => updatePerson(world, id, patch),
    follow: (id, appId) => setFollow(world, id, appId, true),
    unfollow: (id, appId) => setFollow(world, id, appId, false),
    revoke: (id, appId) => revoke(world, id, appId),
    changePassword: (id) => changePassword(world, id),
    createJsCode: (id, appId) => createJsCode(world, id, appId),
    updateApp: (appId, patch) => updateApp(world, appId, patch),
    setIpAllowList: (appId, ipAllowList) => void updateApp(world, appId, { ipAllowList }),
    addCallbackHost: (appId, host) => verifyCallbackHost(world, appId, host),
    settings: (patch) => applySettings(world, patch),
    close,
  };
}
