import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
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
  /** Emits the uuid of a QR code that has changed; its pending polls listen. */
  readonly #changes = new EventEmitter().setMaxListeners(0);

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
    this.#changes.emit(scan.uuid);
  }

  /** Resolves at the next change of this QR code, or after `ms`. */
  async waitForChange(uuid: string, ms: number): Promise<void> {
    // The signal's timer does not keep a closing simulator alive.
    const signal = AbortSignal.timeout(Math.ceil(ms));
    await once(this.#changes, uuid, { signal }).catch(() => {}); // rejects if there was no change in time
  }

  reset(): void {
    this.#wakeAll();
    this.#scans.clear();
  }

  #wakeAll(): void {
    for (const { uuid } of this.#scans.values()) this.#changes.emit(uuid);
  }
}
