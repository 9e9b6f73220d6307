import { expect } from "vitest";

const anId = expect.stringMatching(/^[0-9A-Z]{26}$/);
const aTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);

const operator = (username: string, role: string) => ({ id: anId, username, role, mustEnrol: false });
const many = (done: object) => ({ done: [{ id: anId, ...done }], refused: [] });
const link = (username: string) => {
  const url = expect.stringMatching(/^http:\/\/localhost:\d+\/admin\/set-up#[\w-]{43}$/);
  return { url, username, expiresAt: aTime };
};
const webhook = (types: string[]) => ({
  ...{ id: anId, url: "https://shop.example/hooks", types, enabled: true, createdAt: aTime },
  ...{ failingSince: null, disabledAt: null, disabledReason: null },
});
const webhookSecret = expect.stringMatching(/^whsec_[\w+/]{43}=$/);
const tenCodes = Array(10).fill(expect.stringMatching(/^[2-9A-Z]{6}(-[2-9A-Z]{6}){3}$/));
const undelivered = { delivered: false, error: expect.any(String) };

/** What the console's mutations answer a call that does as it was asked, if not `{ ok: true }`. */
export const actAnswers: Record<string, unknown> = {
  "operator.redeemLink": operator("vera", "viewer"),
  "operator.signIn": operator("olga", "owner"),
  "operator.passFactor": operator("olga", "owner"),
  "tokens.refreshApp": {
    ...{ appId: expect.stringMatching(/^wx/), key: "oa", kind: "official_account", handedOutToday: [] },
    ...{ accessToken: expect.any(Object), jsapiTicket: expect.any(Object) },
  },
  "tokens.invalidateApp": { errcode: null, app: expect.objectContaining({ key: "oa" }) },
  "tokens.checkUser": { result: "valid", errcode: null, token: expect.objectContaining({ state: "fresh" }) },
  "tokens.refreshUser": {
    ...{ result: "refreshed", errcode: null, token: expect.objectContaining({ state: "fresh" }) },
  },
  "tokens.checkUsers": many({ result: "valid", errcode: null }),
  "tokens.forgetUsers": many({ ok: true }),
  "people.blockMany": many({ ok: true }),
  "people.unblockMany": many({ ok: true }),
  "people.endSessionsMany": many({ ok: true }),
  "people.merge": { mergeId: anId },
  "conflicts.merge": { mergeId: anId },
  "people.refreshProfile": { result: "unchanged" },
  "people.export": expect.objectContaining({ exportedAt: aTime, externalIds: [] }),
  ...Object.fromEntries(
    ["acknowledge", "resolve", "reopen", "mute", "undo"].flatMap((act) => [
      [`failures.${act}`, { stateAt: aTime }],
      [`failures.${act}Many`, many({ stateAt: aTime })],
    ]),
  ),
  "failures.lookUp": {
    found: true,
    recorded: {
      ...{ invokedAt: aTime, durationMs: expect.any(Number), clientIp: "127.0.0.1" },
      ...{ requestUrl: expect.any(String), requestBody: expect.any(String) },
      responseBody: expect.stringContaining('"errcode":40164'),
    },
  },
  "operators.invite": link("nina"),
  "operators.createPasswordLink": link("vera"),
  "hosts.create": { id: "shop" },
  "hosts.createKey": { id: anId, key: expect.stringMatching(/^wlk_[\w-]{43}$/) },
  "hosts.createWebhook": { ...webhook([]), secret: webhookSecret },
  "hosts.updateWebhook": webhook(["user.created"]),
  "hosts.enableWebhook": webhook(["user.created"]),
  "hosts.rotateWebhookSecret": { secret: webhookSecret, previousUntil: aTime },
  "hosts.testWebhook": { ...undelivered, status: null },
  "alerts.createChannel": { id: anId, secret: null },
  "alerts.testChannel": undelivered,
  "secondFactor.startTotp": {
    key: expect.stringMatching(/^[2-7A-Z]{32}$/),
    url: expect.stringMatching(/^otpauth:\/\/totp\/localhost:olga\?/),
    qr: expect.stringMatching(/^<svg /),
  },
  "secondFactor.confirmTotp": { recoveryCodes: tenCodes },
  "secondFactor.startPasskey": expect.objectContaining({ rp: { name: "localhost", id: "localhost" } }),
  "secondFactor.confirmPasskey": { recoveryCodes: null },
  "secondFactor.renewRecoveryCodes": { recoveryCodes: tenCodes },
};
