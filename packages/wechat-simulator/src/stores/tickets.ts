import { randomBytes } from "node:crypto";
import { TICKET_SECONDS } from "../protocol/lifetimes.js";
import type { Clock } from "./clock.js";

/** What a page's signature is made with, and what a coupon's is. */
export const TICKET_TYPES = ["jsapi", "wx_card"] as const;
export type TicketType = (typeof TICKET_TYPES)[number];

interface Ticket {
  ticket: string;
  expiresAtMs: number;
}

/** One ticket per account and type. Asked again it is the same one, for as long as it lives: which of both WeChat does is not documented. */
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

  /** The ticket expires at once: the next call fetches a new one. @returns whether it was alive */
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
