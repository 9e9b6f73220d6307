import { randomBytes } from "node:crypto";
import type { AuthorizeRequest } from "./authorize-request.js";
import { BoundedMap } from "./bounded-map.js";
import type { Clock } from "./clock.js";

/**
 * How far the scan of one QR code has come. On the wire: 408 waiting, 404 scanned, 405 confirmed, 403 cancelled on
 * the phone, 402 expired.
 */
export type ScanStatus = 402 | 403 | 404 | 405 | 408;

/** One QR code on somebody's screen. */
export interface QrScan {
  readonly uuid: string;
  readonly request: AuthorizeRequest;
  readonly expiresAtMs: number;
  status: ScanStatus;
  /** Set when confirmed: what the waiting page takes to the app. */
  code?: string;
}

const CAPACITY = 10_000;

/** The QR codes that are shown, each known by its uuid to the screen, the image and the phone. */
export class QrScans {
  readonly #scans = new BoundedMap<QrScan>(CAPACITY);
  /** Polls that wait for news of one QR code. */
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

  /** Where the scan stands now. What was confirmed or cancelled stays so; anything else expires. */
  statusOf(scan: QrScan): ScanStatus {
    const isOpen = scan.status === 408 || scan.status === 404;
    return isOpen && scan.expiresAtMs <= this.clock.now() ? 402 : scan.status;
  }

  update(scan: QrScan, status: ScanStatus, code?: string): void {
    scan.status = status;
    if (code !== undefined) scan.code = code;
    this.#wake(scan.uuid);
  }

  /** Resolves at the next news of this QR code, or after `ms` without any. */
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
      // unref: a poll that nobody waits for any more must not keep a closing simulator alive.
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
