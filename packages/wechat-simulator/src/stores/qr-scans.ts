import { randomBytes } from "node:crypto";
import type { AuthorizeRequest } from "./authorize-request.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";

/**
 * The state of one QR code's scan. On the wire: 408 waiting, 404 scanned, 405 confirmed, 403 cancelled on
 * the phone, 402 expired.
 */
export type ScanStatus = 402 | 403 | 404 | 405 | 408;

/** One QR code that is shown. */
export interface QrScan {
  readonly uuid: string;
  readonly request: AuthorizeRequest;
  readonly expiresAtMs: number;
  status: ScanStatus;
  /** Set once confirmed; the waiting page passes it to the app. */
  code?: string;
}

const CAPACITY = 10_000;

/** The QR codes that are shown. Page, image and phone refer to one by its uuid. */
export class QrScans {
  readonly #scans = new BoundedMap<QrScan>(CAPACITY);
  /** Pending polls, by uuid. */
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(readonly clock: Clock) {
    clock.onAdvance(() => this.#wakeAll());
  }

  create(request: AuthorizeRequest, validSeconds: number): QrScan {
    const uuid = randomBytes(12).toString("base64url");
    const expiresAtMs = this.clock.now() + validSeconds * 1000;
    const scan: QrScan = { uuid, request, expiresAtMs, status: 408 };
    this.#scans.set(uuid, scan);
    return scan;
  }

  find(uuid: string): QrScan | undefined {
    return this.#scans.get(uuid);
  }

  /** The status now. A confirmed or cancelled scan keeps its status; any other expires. */
  statusOf(scan: QrScan): ScanStatus {
    const isOpen = scan.status === 408 || scan.status === 404;
    return isOpen && scan.expiresAtMs <= this.clock.now() ? 402 : scan.status;
  }

  update(scan: QrScan, status: ScanStatus, code?: string): void {
    scan.status = status;
    if (code !== undefined) scan.code = code;
    this.#wake(scan.uuid);
  }

  /** Resolves at the next change of this QR code, or after `ms`. */
  waitForChange(uuid: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(uuid) ?? new Set();
      this.#waiting.set(uuid, waiting);
      const done = () => {
        clearTimeout(timer);
        waiting.delete(done);
        if (waiting.size === 0) this.#waiting.delete(uuid);
        resolve();
      };
      // unref: a pending poll must not keep a closing simulator alive.
      const timer = setTimeout(done, ms).unref();
      waiting.add(done);
    });
  }

  reset(): void {
    this.#scans.clear();
    this.#wakeAll();
  }

  #wake(uuid: string): void {
    for (const done of [...(this.#waiting.get(uuid) ?? [])]) done();
  }

  #wakeAll(): void {
    for (const uuid of [...this.#waiting.keys()]) this.#wake(uuid);
  }
}
