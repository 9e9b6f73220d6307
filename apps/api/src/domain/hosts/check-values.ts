import {
  readCidrs,
  readClientId,
  readName,
  readOrigins,
  readRedirectPaths,
  readScopes,
} from "./client-values.js";
import type { HostClient } from "./clients.js";
import type { HostScope } from "./scopes.js";

export type ClientRefusal =
  | "client_id_unfit"
  | "client_name_unfit"
  | "origins_unfit"
  | "redirect_paths_unfit"
  | "scopes_unfit"
  | "cidrs_unfit"
  | "client_exists"
  | "client_changed";

/** A change of a host application that cannot be made. */
export class ClientError extends Error {
  override readonly name = "ClientError" as const;
  constructor(readonly reason: ClientRefusal) {
    super(reason);
  }
}

function check<Value>(reason: ClientRefusal, read: (problems: string[]) => Value): Value {
  const problems: string[] = [];
  const value = read(problems);
  if (problems.length > 0) throw new ClientError(reason);
  return value;
}

/** @throws {ClientError} client_id_unfit */
export const checkClientId = (id: string): string =>
  check("client_id_unfit", (problems) => readClientId(id, problems));

/**
 * The values of a host application, by the rules of the command.
 *
 * @throws {ClientError} client_name_unfit · origins_unfit · redirect_paths_unfit
 */
export function checkClient(
  given: Omit<HostClient, "id">,
  { isProduction }: { isProduction: boolean },
): Omit<HostClient, "id"> {
  const name = check("client_name_unfit", (problems) => readName(given.name, problems));
  const origins = check("origins_unfit", (problems) =>
    readOrigins(given.origins, { isProduction }, problems),
  );
  const redirectPaths = check("redirect_paths_unfit", (problems) =>
    readRedirectPaths(given.redirectPaths, problems),
  );
  if (origins.length === 0) throw new ClientError("origins_unfit");
  if (redirectPaths.length === 0) throw new ClientError("redirect_paths_unfit");
  return { name, origins, redirectPaths };
}

/** @throws {ClientError} scopes_unfit · cidrs_unfit */
export function checkKey(given: { scopes: readonly string[]; cidrs: readonly string[] }): {
  scopes: HostScope[];
  cidrs: string[];
} {
  return {
    scopes: check("scopes_unfit", (problems) => readScopes(given.scopes, problems)),
    cidrs: check("cidrs_unfit", (problems) => readCidrs(given.cidrs, problems)),
  };
}
