import { randomBytes } from "node:crypto";
import { TICKET_SECONDS } from "../protocol/lifetimes.js";
import type { Clock } from "./clock.js";

/** `jsapi` signs JS-SDK pages, `wx_card` signs coupons. */
export const TICKET_TYPES = ["jsapi", "wx_card"] as const;
export type TicketType = (typeof TICKET_TYPES)[number];

interface Ticket {
  ticket: string;
  expiresAtMs: number;
}

/**
 * One ticket per account and type. A repeated call returns the same ticket until it expires; whether WeChat does so or
 * issues a new one is not documented.
 */
export class Tickets {
  readonly #current = new Map<string, Ticket>();

  constructor(readonly clock: Clock) {}

  fetch(appId: string, type: TicketType): { ticket: string; expiresInSeconds: number } {
    const now = this.clock.now();
    const key = `${appId} ${type}`;
    let current = this.#current.get(key);
    if (!current || current.expiresAtMs <= now) {
      // 86 characters of [A-Za-z0-9_-], as long as WeChat's.
      const ticket = randomBytes(65).toString("base64url").slice(0, 86);
      current = { ticket, expiresAtMs: now + TICKET_SECONDS * 1000 };
      this.#current.set(key, current);
    }
    return { ticket: current.ticket, expiresInSeconds: Math.floor((current.expiresAtMs - now) / 1000) };
  }

  /** Makes the ticket expire at once; the next call issues a new one. @returns whether it was valid until now */
  expire(ticket: string): boolean {
    for (const current of this.#current.values()) {
      if (current.ticket !== ticket || current.expiresAtMs <= this.clock.now()) continue;
      current.expiresAtMs = this.clock.now();
      return true;
    }
    return false;
  }

  /** The current ticket of every account and type. */
  list(): { appId: string; type: TicketType; ticket: string; expiresAtMs: number }[] {
    return [...this.#current].map(([key, current]) => {
      const [appId = "", type] = key.split(" ");
      return { appId, type: type as TicketType, ...current };
    });
  }

  reset(): void {
    this.#current.clear();
  }
}
