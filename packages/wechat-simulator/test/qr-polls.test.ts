import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { demoWebsite } from "../src/index.js";
import { QrScans } from "../src/stores/qr-scans.js";
import { Store } from "../src/stores/store.js";

const HOUR_MS = 3_600_000;

/** Two QR codes that are shown. */
function showTwo() {
  const store = new Store();
  const app = store.apps.find(demoWebsite.appId);
  if (!app) throw new Error("no website app");
  const request = {
    app,
    redirectUri: "http://app.example/callback",
    scope: "snsapi_login",
    rawState: undefined,
    forcePopup: false,
    forceSnapShot: false,
    connectRedirect: false,
  };
  const scans = new QrScans(store.clock);
  return { scans, one: scans.create(request, 300), other: scans.create(request, 300), clock: store.clock };
}

/** Starts a poll. @returns whether it has been answered */
function startPoll(scans: QrScans, uuid: string, ms: number): () => Promise<boolean> {
  let isAnswered = false;
  void scans.waitForChange(uuid, ms).then(() => {
    isAnswered = true;
  });
  return async () => {
    await setImmediate();
    return isAnswered;
  };
}

it("each QR code has a uuid of its own, of 16 characters that need no encoding", () => {
  const { one, other } = showTwo();
  expect([one.uuid, other.uuid]).toEqual(Array(2).fill(expect.stringMatching(/^[A-Za-z0-9_-]{16}$/)));
  expect(one.uuid).not.toBe(other.uuid);
});

it("a scan answers every waiting poll of its QR code, also after another poll has given up, and no other's", async () => {
  const { scans, one, other } = showTwo();
  const waiting = [one, one, other].map(({ uuid }) => startPoll(scans, uuid, HOUR_MS));
  await scans.waitForChange(one.uuid, 0);
  const answered = () => Promise.all(waiting.map((isAnswered) => isAnswered()));
  expect(await answered()).toEqual([false, false, false]);
  scans.update(one, 404);
  expect(await answered()).toEqual([true, true, false]);
});

it("a reset and an advance of the clock answer the waiting polls of all QR codes", async () => {
  for (const wake of [
    ({ scans }: ReturnType<typeof showTwo>) => scans.reset(),
    ({ clock }: ReturnType<typeof showTwo>) => clock.advance(1),
  ]) {
    const shown = showTwo();
    const waiting = [shown.one, shown.other].map(({ uuid }) => startPoll(shown.scans, uuid, HOUR_MS));
    wake(shown);
    expect(await Promise.all(waiting.map((isAnswered) => isAnswered()))).toEqual([true, true]);
  }
});
