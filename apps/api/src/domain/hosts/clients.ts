import {
  disableHostClient,
  enableHostClient,
  findHostClient,
  insertHostClient,
  listHostClients,
  updateHostClient,
} from "../../db/hosts.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { type AuditEvent, type AuditedActor, auditRecord, byOf, writeAct } from "../audit.js";
import type { Deps } from "../deps.js";

/** A host application: a site with users of its own, whose server calls the host API. */
export interface HostClient {
  /** In links: lower-case letters, digits, - and _. */
  id: string;
  /** Shown to people. */
  name: string;
  /** Where its pages are. */
  origins: readonly string[];
  /** The paths at these origins that take a ticket. */
  redirectPaths: readonly string[];
}

interface HostClientRow {
  id: string;
  name: string;
  origins: string;
  redirectPaths: string;
}

export const toHostClient = ({ id, name, origins, redirectPaths }: HostClientRow): HostClient => ({
  id,
  name,
  origins: JSON.parse(origins),
  redirectPaths: JSON.parse(redirectPaths),
});

/** The form of a host's id, which is in links. */
export const isClientId = (text: string): boolean => /^[a-z0-9][a-z0-9_-]{0,63}$/.test(text);

/**
 * Adds a host application.
 *
 * @returns false if there is one with this id.
 * @throws {DatabaseError}
 */
export function createHostClient(deps: Deps, client: HostClient, by?: AuditedActor): Promise<boolean> {
  const { id, name } = client;
  const origins = JSON.stringify(client.origins);
  const redirectPaths = JSON.stringify(client.redirectPaths);
  const insert = insertHostClient.with({ id, name, origins, redirectPaths, now: deps.now() });
  return change(deps, "host.create", id, insert, by);
}

/**
 * Changes what is given: a list replaces the whole list before.
 *
 * @returns false if there is none with this id.
 * @throws {DatabaseError}
 */
export function changeHostClient(
  deps: Deps,
  id: string,
  { name, origins, redirectPaths }: Partial<Omit<HostClient, "id">>,
  by?: AuditedActor,
): Promise<boolean> {
  const update = updateHostClient.with({
    id,
    name: name ?? null,
    origins: origins ? JSON.stringify(origins) : null,
    redirectPaths: redirectPaths ? JSON.stringify(redirectPaths) : null,
  });
  return change(deps, "host.update", id, update, by);
}

/**
 * From now on, on every process, the host's keys are refused, and no browser is sent to it.
 *
 * @returns false if there is none with this id, or it is disabled already.
 * @throws {DatabaseError}
 */
export function disableHost(deps: Deps, id: string, by?: AuditedActor): Promise<boolean> {
  return change(deps, "host.disable", id, disableHostClient.with({ id, now: deps.now() }), by);
}

/**
 * @returns false unless the host was disabled.
 * @throws {DatabaseError}
 */
export function enableHost(deps: Deps, id: string, by?: AuditedActor): Promise<boolean> {
  return change(deps, "host.enable", id, enableHostClient.with({ id }), by);
}

function change(
  deps: Deps,
  event: AuditEvent,
  target: string,
  step: BoundStatement<unknown>,
  by: AuditedActor | undefined,
): Promise<boolean> {
  return writeAct(deps, [required(step), auditRecord(deps, { ...byOf(by), event, target })]);
}

/** @throws {DatabaseError} */
export async function listHosts(deps: Deps): Promise<(HostClient & { isDisabled: boolean })[]> {
  const rows = await deps.db.run(listHostClients, {});
  return rows.map((row) => ({ ...toHostClient(row), isDisabled: row.disabledAt !== null }));
}

/**
 * @returns undefined if there is none with this id, or it is disabled.
 * @throws {DatabaseError}
 */
export async function readHostClient(deps: Deps, id: string): Promise<HostClient | undefined> {
  const [row] = await deps.db.run(findHostClient, { id });
  return row && toHostClient(row);
}
