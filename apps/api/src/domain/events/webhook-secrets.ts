import type { Deps } from "../deps.js";

/** The row that an endpoint's secrets are encrypted for. The one before moves to another column as it is. */
export const webhookSecretRow = (endpointId: string): string => `webhook_endpoints.secret ${endpointId}`;

export const encryptWebhookSecret = ({ keys }: Pick<Deps, "keys">, endpointId: string, secret: string) =>
  keys.encrypt(secret, webhookSecretRow(endpointId));

/** What signs now: the secret, and for a while the one before. None if they cannot be decrypted any more. */
export function secretsOf(
  { keys }: Pick<Deps, "keys">,
  endpoint: { id: string; secret: string; previousSecret: string | null; previousUntil: Date | null },
  now: Date,
): string[] {
  const { id, secret, previousSecret, previousUntil } = endpoint;
  const isRotating = previousSecret !== null && (previousUntil ?? now) > now;
  return (isRotating ? [secret, previousSecret] : [secret]).flatMap(
    (encrypted) => keys.decrypt(encrypted, webhookSecretRow(id)) ?? [],
  );
}
