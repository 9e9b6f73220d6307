import { createHmac, randomBytes } from "node:crypto";

// Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

const secretPrefix = "whsec_";

/** A secret that signs: `whsec_` and 32 random bytes in base64. */
export const newWebhookSecret = (): string => secretPrefix + randomBytes(32).toString("base64");

export interface SignedMessage {
  /** The same for each try. */
  id: string;
  /** When it is sent, in seconds: receivers refuse one that is minutes old. */
  timestamp: number;
  /** The very text that is sent. */
  body: string;
}

/** The three headers of a webhook, signed with each of the secrets: two while a host changes from one to the other. */
export function signedHeaders(
  { id, timestamp, body }: SignedMessage,
  secrets: readonly string[],
): Record<"webhook-id" | "webhook-timestamp" | "webhook-signature", string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), "base64");
    return `v1,${createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64")}`;
  });
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": signatures.join(" "),
  };
}
