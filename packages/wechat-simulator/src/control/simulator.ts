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

/** A person as one app sees them: the expected result of a sign-in. */
export interface PersonInApp {
  openid: string;
  /** Absent if the person has none or the app is not bound to an Open Platform account. */
  unionid?: string;
  nickname: string;
}

/** The handle of a simulated WeChat that listens. */
export interface Simulator {
  /** `http://127.0.0.1:<port>`: configure it as both of WeChat's base URLs. */
  readonly url: string;
  readonly apps: readonly SimulatedApp[];
  /** @throws {RangeError} unknown person or app */
  person(id: string, appId: string): PersonInApp;
  /**
   * Plans a fault for the next calls of this endpoint (default 1), or for a share of all calls, such as
   * `{ share: 0.2 }`. Faults queue; a call takes at most one.
   *
   * @throws {TypeError} the page does not support this kind, or the share is invalid
   */
  fail(endpoint: Endpoint, fault: Fault, amount?: FaultAmount): void;
  clearFaults(): void;
  /**
   * Moves the simulator's clock forward, so that codes and tokens expire.
   *
   * @throws {TypeError} a negative number, or more than a hundred years since the start or the last reset
   */
  advance(seconds: number): void;
  /** The latest 1000 requests, oldest first. */
  requests(): LoggedRequest[];
  /** How often this endpoint was called since the start or the last reset; not limited to 1000. */
  calls(endpoint: LoggedEndpoint): number;
  /** Back to the state at start: no codes, tokens, faults or requests; initial people, settings and clock. */
  reset(): void;
  /** Pending faults, each with the id for `cancelFault`. */
  faults(): NumberedFault[];
  /** @returns whether it was still pending */
  cancelFault(id: number): boolean;
  clearRequests(): void;
  /** As `GET /_simulator/state`. */
  state(): SimulatorState;
  /** Issued codes, tokens and tickets, newest first within each kind. */
  tokens(): ListedCredential[];
  /**
   * Ends one code, token or ticket: a code or web token expires, a global token counts as replaced (40001), and the next
   * getticket issues a new ticket.
   *
   * @returns whether it was valid until now
   */
  endToken(token: string): boolean;
  /** An absent id is generated. @throws {TypeError} the id is malformed or taken */
  createPerson(person?: NewPerson): Person;
  /**
   * Deletes the person's WeChat account until a reset: codes and web tokens answer 50002, a refresh 40030. The id is not
   * reused.
   *
   * @throws {RangeError} unknown person
   */
  deletePerson(id: string): void;
  /** @throws {RangeError} unknown person */
  updatePerson(id: string, patch: PersonPatch): Person;
  /** Follows one Official Account; `updatePerson` with `follows` changes all. @throws {RangeError} as `person` */
  follow(id: string, appId: string): void;
  /** @throws {RangeError} as `person` */
  unfollow(id: string, appId: string): void;
  /** The person revokes the app's authorization: its tokens end. @throws {RangeError} as `person` */
  revoke(id: string, appId: string): void;
  /** Ends every web token of the person so far, in all apps: 42007. @throws {RangeError} unknown person */
  changePassword(id: string): void;
  /** A js_code for jscode2session. @throws {RangeError} as `person` @throws {TypeError} not a mini program */
  createJsCode(id: string, appId: string): string;
  /** @throws {RangeError} unknown app */
  updateApp(appId: string, patch: AppPatch): SimulatedApp;
  /** Addresses that may fetch this Official Account's token; `null`: any. @throws {RangeError} unknown app */
  setIpAllowList(appId: string, addresses: readonly string[] | null): void;
  /** Adds a callback domain after finding its MP_verify file there. @throws {TypeError} with the reason if not */
  addCallbackHost(appId: string, host: string): Promise<void>;
  settings(patch: SettingsPatch): void;
  /** Stops listening and closes open connections. */
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
