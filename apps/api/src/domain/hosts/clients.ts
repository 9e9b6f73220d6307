import { findHostClient, insertHostClient } from "../../db/hosts.js";
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

/**
 * Adds a host application.
 *
 * @returns false if there is one with this id.
 * @throws {DatabaseError}
 */
export async function createHostClient(deps: Deps, client: HostClient): Promise<boolean> {
  const { id, name } = client;
  const origins = JSON.stringify(client.origins);
  const redirectPaths = JSON.stringify(client.redirectPaths);
  return (
    (await deps.db.run(insertHostClient, { id, name, origins, redirectPaths, now: deps.now() })).length > 0
  );
}

/**
 * @returns undefined if there is none with this id, or it is disabled.
 * @throws {DatabaseError}
 */
export async function readHostClient(deps: Deps, id: string): Promise<HostClient | undefined> {
  const [row] = await deps.db.run(findHostClient, { id });
  return row && toHostClient(row);
}
