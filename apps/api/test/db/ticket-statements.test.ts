import { describe, expect, it } from "vitest";
import type { Database } from "../../src/db/database.js";
import {
  deleteExpiredTicket,
  deleteExpiredTickets,
  insertTicket,
  redeemTicket,
} from "../../src/db/tickets.js";
import { addRows } from "../support/rows.js";
import { nothing, seededStatements } from "../support/seeded-statements.js";
import { at } from "./rows.js";

const ticket = (ticketHash: string, expiresAt: Date, redeemedAt: Date | null = null) => ({
  ...{ ticketHash, clientId: "shop", nonceHash: "nonce", userId: `user of ${ticketHash}` },
  ...{ signInId: `sign-in of ${ticketHash}`, isNew: 1, createdAt: at(0), expiresAt, redeemedAt },
});

async function seed(db: Database): Promise<void> {
  await addRows(db, "tickets", [
    ticket("open", at(101)),
    ticket("another", at(101)),
    ticket("redeemed", at(101), at(50)),
    ticket("over", at(100)),
    ticket("redeemed and over", at(99), at(50)),
  ]);
}
const { seeded, done, changed } = seededStatements(seed);

describe("a statement about tickets", () => {
  it("makes one, whose time does not begin anew when it is made again", async () => {
    const { createdAt, redeemedAt, ...values } = ticket("new", at(200));
    expect(await done(insertTicket, { ...values, now: at(7) })).toEqual({
      rows: [{ signInId: "sign-in of new" }],
      changes: { "tickets new": { ...values, createdAt: at(7), redeemedAt: null } },
    });
    expect(await done(insertTicket, { ...values, ticketHash: "over", now: at(7) })).toEqual(nothing);
  });

  it("redeems one once, in its time, for its host and with its nonce alone", async () => {
    const redemption = { ticketHash: "open", clientId: "shop", nonceHash: "nonce", now: at(100) };
    expect(await done(redeemTicket, redemption)).toEqual({
      rows: [{ userId: "user of open", signInId: "sign-in of open", isNew: 1 }],
      changes: { "tickets open": { redeemedAt: at(100) } },
    });
    for (const not of [
      { ticketHash: "unknown" },
      { clientId: "forum" },
      { nonceHash: "another" },
      { ticketHash: "redeemed" },
      { ticketHash: "over" },
    ]) {
      expect(await done(redeemTicket, { ...redemption, ...not }), JSON.stringify(not)).toEqual(nothing);
    }
  });

  it("deletes those whose time is over: one by its secret, or all in batches of 500", async () => {
    expect(await done(deleteExpiredTicket, { ticketHash: "over", now: at(100) })).toEqual({
      ...{ rows: [{ signInId: "sign-in of over" }], changes: { "tickets over": "deleted" } },
    });
    expect(await done(deleteExpiredTicket, { ticketHash: "open", now: at(100) })).toEqual(nothing);
    expect(await changed(deleteExpiredTickets, { now: at(100) })).toEqual({
      ...{ "tickets over": "deleted", "tickets redeemed and over": "deleted" },
    });
    const db = await seeded();
    await addRows(
      db,
      "tickets",
      Array.from({ length: 499 }, (_, n) => ticket(`over ${n}`, at(99))),
    );
    expect(await db.run(deleteExpiredTickets, { now: at(100) })).toHaveLength(500);
    expect(await db.run(deleteExpiredTickets, { now: at(100) })).toHaveLength(1);
  });
});
