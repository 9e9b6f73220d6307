import {
  deleteAlertChannel,
  disableAlertChannel,
  enableAlertChannel,
  findAlertChannel,
  insertAlertChannel,
  listAlertChannels,
  updateAlertChannel,
} from "../../db/alert-channels.js";
import { dropDeliveriesOf } from "../../db/alert-incidents.js";
import type { AlertChannelKind } from "../../db/schema.js";
import { type BoundStatement, required } from "../../db/statement.js";
import { type AuditEvent, type AuditedActor, auditRecord, byOf, recordAudit, writeAct } from "../audit.js";
import type { Deps } from "../deps.js";
import { checkWebhookUrl } from "../events/webhook-endpoints.js";
import { newWebhookSecret } from "../events/webhook-signature.js";
import { HostError } from "../hosts/host-error.js";
import { newId } from "../ids.js";
import { encryptOf } from "./channel-secrets.js";
import { testMessage } from "./message.js";
import { robots } from "./robots.js";
import { post } from "./send.js";
import type { Language } from "./texts.js";

/** So many channels there may be. */
const maxChannels = 20;

export type ChannelRefusal = "url_unfit" | "time_zone_unfit" | "too_many_channels" | "channel_changed";

/** A change of a channel that cannot be made. */
export class ChannelError extends Error {
  override readonly name = "ChannelError" as const;
  constructor(
    readonly reason: ChannelRefusal,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

export interface ChannelValues {
  name: string;
  language: Language;
  timeZone: string;
  /** Minutes after midnight, from the first and before the second. Null without quiet hours. */
  quiet: { from: number; to: number } | null;
}

/** The channels as the console shows them: neither their addresses nor their secrets. */
export async function listChannels(deps: Deps) {
  return (await deps.db.run(listAlertChannels, {})).map((row) => ({
    id: row.id,
    kind: row.kind,
    name: row.name,
    host: row.host,
    isSigned: row.secret !== null,
    language: row.language,
    timeZone: row.timeZone,
    quiet: row.quietFrom === null || row.quietTo === null ? null : { from: row.quietFrom, to: row.quietTo },
    createdAt: row.createdAt,
    disabledAt: row.disabledAt,
    lastSentAt: row.lastSentAt,
    failingSince: row.failingSince,
    lastError: row.lastError,
    retryAt: row.retryAt,
  }));
}

/** @throws {ChannelError} url_unfit */
function checkUrl(deps: Deps, text: string): string {
  try {
    return checkWebhookUrl(deps.settings, text);
  } catch (error) {
    if (error instanceof HostError) throw new ChannelError("url_unfit", { cause: error });
    throw error;
  }
}

/** @throws {ChannelError} time_zone_unfit */
function checkTimeZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch (error) {
    throw new ChannelError("time_zone_unfit", { cause: error });
  }
}

const columnsOf = ({ name, language, timeZone, quiet }: ChannelValues) => ({
  ...{ name, language, timeZone: checkTimeZone(timeZone) },
  ...{ quietFrom: quiet?.from ?? null, quietTo: quiet?.to ?? null },
});

/** Writes a change and its entry. @throws {ChannelError} channel_changed: another operator was faster */
async function write(
  deps: Deps,
  steps: readonly BoundStatement<unknown>[],
  entry: { event: AuditEvent; target: string; by: AuditedActor },
): Promise<void> {
  const { by, ...about } = entry;
  const isWritten = await writeAct(deps, [...steps, auditRecord(deps, { ...byOf(by), ...about })]);
  if (!isWritten) throw new ChannelError("channel_changed");
}

/**
 * @param given.secret signs the messages to Feishu and DingTalk; the others take none.
 * @returns for a plain webhook the secret that signs, to be shown once.
 * @throws {ChannelError} url_unfit · time_zone_unfit · too_many_channels
 * @throws {DatabaseError}
 */
export async function createChannel(
  deps: Deps,
  given: ChannelValues & { kind: AlertChannelKind; url: string; secret?: string | undefined },
  by: AuditedActor,
): Promise<{ id: string; secret: string | null }> {
  const { kind, url: text, ...values } = given;
  const url = checkUrl(deps, text);
  if ((await deps.db.run(listAlertChannels, {})).length >= maxChannels) {
    throw new ChannelError("too_many_channels");
  }
  const now = deps.now();
  const id = newId(now);
  const { signs } = robots[kind];
  const made = signs === "always" ? newWebhookSecret() : null;
  const secret = made ?? (signs === "if given" && given.secret ? given.secret : null);
  const insert = insertAlertChannel.with({
    ...{ id, kind, now, ...columnsOf(values), host: new URL(url).host },
    url: encryptOf(deps, "url", id, url),
    secret: secret === null ? null : encryptOf(deps, "secret", id, secret),
  });
  await write(deps, [required(insert)], { event: "alert.create_channel", target: id, by });
  return { id, secret: made };
}

/**
 * Changes what is given; an address or a secret that is left out stays.
 *
 * @throws {ChannelError} url_unfit · time_zone_unfit · channel_changed
 * @throws {DatabaseError}
 */
export async function updateChannel(
  deps: Deps,
  given: ChannelValues & { id: string; url?: string | undefined; secret?: string | undefined },
  by: AuditedActor,
): Promise<void> {
  const { id, url: text, secret, ...values } = given;
  const url = text === undefined ? null : checkUrl(deps, text);
  const [channel] = await deps.db.run(findAlertChannel, { id });
  const takesSecret = channel !== undefined && robots[channel.kind].signs === "if given";
  const update = updateAlertChannel.with({
    ...{ id, ...columnsOf(values) },
    url: url === null ? null : encryptOf(deps, "url", id, url),
    host: url === null ? null : new URL(url).host,
    secret: secret && takesSecret ? encryptOf(deps, "secret", id, secret) : null,
  });
  await write(deps, [required(update)], { event: "alert.update_channel", target: id, by });
}

/**
 * What it was not told yet, it is not told any more.
 *
 * @throws {ChannelError} channel_changed
 * @throws {DatabaseError}
 */
export const disableChannel = (deps: Deps, id: string, by: AuditedActor): Promise<void> =>
  write(
    deps,
    [required(disableAlertChannel.with({ id, now: deps.now() })), dropDeliveriesOf.with({ channelId: id })],
    { event: "alert.disable_channel", target: id, by },
  );

/** @throws {ChannelError} channel_changed @throws {DatabaseError} */
export const enableChannel = (deps: Deps, id: string, by: AuditedActor): Promise<void> =>
  write(deps, [required(enableAlertChannel.with({ id }))], { event: "alert.enable_channel", target: id, by });

/** @throws {ChannelError} channel_changed @throws {DatabaseError} */
export const deleteChannel = (deps: Deps, id: string, by: AuditedActor): Promise<void> =>
  write(deps, [required(deleteAlertChannel.with({ id }))], { event: "alert.delete_channel", target: id, by });

/**
 * Sends a test message now, once, and says what became of it.
 *
 * @throws {ChannelError} channel_changed: there is no such channel any more
 * @throws {DatabaseError}
 */
export async function testChannel(
  deps: Deps,
  id: string,
  by: AuditedActor,
): Promise<{ delivered: boolean; error: string | null }> {
  const [channel] = await deps.db.run(findAlertChannel, { id });
  if (!channel) throw new ChannelError("channel_changed");
  // Before it is sent, because it cannot be taken back.
  await recordAudit(deps, { ...byOf(by), event: "alert.test_channel", target: id });
  const error = await post(deps, channel, testMessage(deps, channel));
  return { delivered: error === undefined, error: error ?? null };
}
