import type { AddressInfo } from "node:net";
import type { SimulatedApp } from "./apps.js";
import { buildWorldServer } from "./build-simulator.js";
import type { Endpoint } from "./endpoints.js";
import type { Fault } from "./faults.js";
import type { Person, PersonPatch } from "./people.js";
import type { LoggedRequest } from "./request-log.js";
import { applySettings, type SettingsPatch } from "./settings.js";
import { type SimulatorOptions, World } from "./world.js";

/** Where to listen, beside what the simulated WeChat is like. */
export interface StartOptions extends SimulatorOptions {
  /** Default 0: any free port. */
  port?: number;
  /** Default `127.0.0.1`. It has no password: keep it on the loopback. */
  host?: string;
}

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
  /** The next `times` calls (default 1) to this endpoint go wrong like this. Faults queue up; a call takes one. */
  fail(endpoint: Endpoint, fault: Fault, times?: number): void;
  clearFaults(): void;
  /** Moves the simulator's clock forward: codes and tokens expire. */
  advance(seconds: number): void;
  /** The latest 1000 requests, oldest first. */
  requests(): LoggedRequest[];
  /** How often this endpoint was called since the start or the last reset; not bounded by 1000. */
  calls(endpoint: Endpoint): number;
  /** As if just started: no codes, tokens, faults or requests; people, settings and clock as at first. */
  reset(): void;
  /** @throws {RangeError} nobody has this id */
  updatePerson(id: string, patch: PersonPatch): Person;
  settings(patch: SettingsPatch): void;
  /** Stops listening and cuts open connections. */
  close(): Promise<void>;
}

/**
 * Starts a simulated WeChat on a port of its own.
 *
 * @throws whatever `listen` throws, such as EADDRINUSE
 */
export async function startSimulator(options: StartOptions = {}): Promise<Simulator> {
  const world = new World(options);
  const server = buildWorldServer(world);
  const host = options.host ?? "127.0.0.1";
  await server.listen({ port: options.port ?? 0, host });
  const { port } = server.server.address() as AddressInfo;

  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    get apps() {
      return world.apps.list();
    },
    person(id, appId) {
      const app = world.apps.find(appId);
      if (!app) throw new RangeError(`no app has the appid ${appId}`);
      const { openid, unionid, nickname } = world.people.identify(findPerson(id), app);
      return unionid === undefined ? { openid, nickname } : { openid, unionid, nickname };
    },
    fail: (endpoint, fault, times) => world.faults.plan(endpoint, fault, times),
    clearFaults: () => world.faults.clear(),
    advance: (seconds) => world.clock.advance(seconds),
    requests: () => world.requests.list(),
    calls: (endpoint) => world.requests.count(endpoint),
    reset: () => world.reset(),
    updatePerson(id, patch) {
      findPerson(id);
      return world.people.update(id, patch) ?? findPerson(id);
    },
    settings: (patch) => applySettings(world, patch),
    close: () => server.close(),
  };

  function findPerson(id: string): Person {
    const person = world.people.find(id);
    if (!person) throw new RangeError(`nobody has the person id ${id}`);
    return person;
  }
}
