import { queryClient, trpc } from "../../api/client.js";
import type { AccessToken, AppToken, AppTokenKind } from "../../api/types.js";

export const tokenOf = (app: AppToken, kind: AppTokenKind): AccessToken | null =>
  kind === "access_token" ? app.accessToken : app.jsapiTicket;

/** Shows what an act answered with at once, and reads the history again. */
export async function showAppToken(changed: AppToken): Promise<void> {
  queryClient.setQueryData(
    trpc.tokens.listApps.queryKey(),
    (list) => list && { items: list.items.map((item) => (item.appId === changed.appId ? changed : item)) },
  );
  await queryClient.invalidateQueries({ queryKey: trpc.tokens.listFetches.pathKey() });
}
