import type { Deps } from "../deps.js";

// What the database keeps encrypted of a channel: its address, which is the password of a robot, and its secret.

type Keys = Pick<Deps, "keys">;

const row = (column: "url" | "secret", channelId: string) => `alert_channels.${column} ${channelId}`;

export const encryptOf = ({ keys }: Keys, column: "url" | "secret", channelId: string, value: string) =>
  keys.encrypt(value, row(column, channelId));

/** @returns undefined if no key in SECRET_KEYS decrypts it any more. */
export function readAddress(
  { keys }: Keys,
  channel: { id: string; url: string; secret: string | null },
): { url: string; secret: string | undefined } | undefined {
  const { id } = channel;
  const url = keys.decrypt(channel.url, row("url", id));
  const secret = channel.secret === null ? undefined : keys.decrypt(channel.secret, row("secret", id));
  if (url === undefined || (channel.secret !== null && secret === undefined)) return undefined;
  return { url, secret };
}
