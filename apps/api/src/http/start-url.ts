import { defaultReturnTo } from "../domain/return-to.js";

/** What a link to /login/wechat asks for. */
export interface LinkParameters {
  returnTo?: string | undefined;
  client?: string | undefined;
  nonce?: string | undefined;
  /** The sign-in that is begun once more. */
  again?: string | undefined;
}

/** What later links to the same target carry; readLinkTarget has checked it. */
export function linkTo({ client, nonce, again }: Record<string, unknown>, returnTo: string): LinkParameters {
  if (typeof again === "string") return { again };
  return typeof client === "string" && typeof nonce === "string" ? { client, nonce, returnTo } : { returnTo };
}

/**
 * `tap`: a person presses this link, so it may start although they signed out before. `profile`: it asks for the consent to
 * read the profile, also of a person whose profile is known.
 */
export function startUrl({
  returnTo,
  client,
  nonce,
  again,
  tap,
  app,
  profile,
}: LinkParameters & {
  tap?: boolean | undefined;
  app?: string | undefined;
  profile?: boolean | undefined;
}): string {
  const query = new URLSearchParams();
  if (again !== undefined) query.set("again", again);
  if (client !== undefined) query.set("client", client);
  if (returnTo !== undefined && returnTo !== defaultReturnTo) query.set("return_to", returnTo);
  if (nonce !== undefined) query.set("nonce", nonce);
  if (app !== undefined) query.set("app", app);
  if (tap) query.set("tap", "1");
  if (profile) query.set("profile", "1");
  return query.size > 0 ? `/login/wechat?${query}` : "/login/wechat";
}
