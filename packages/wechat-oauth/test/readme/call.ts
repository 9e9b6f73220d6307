import type { GlobalAccessToken, WeChatOAuthClient } from "@wechat-login/oauth";
import type { TokenKeeper } from "@wechat-login/oauth/keeper";

/** The ids of the account's tags, by name. */
export function readTags(
  wechat: WeChatOAuthClient,
  tokens: TokenKeeper<GlobalAccessToken>,
): Promise<Map<string, number>> {
  return tokens.use((accessToken) =>
    wechat.call({
      path: "cgi-bin/tags/get",
      accessToken,
      isRepeatable: true, // busy (errcode -1) is retried once
      read: ({ tags }) => new Map((tags as { id: number; name: string }[]).map(({ id, name }) => [name, id])),
    }),
  );
}
