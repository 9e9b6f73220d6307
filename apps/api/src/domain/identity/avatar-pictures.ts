import { createHash } from "node:crypto";
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { LRUCache } from "lru-cache";
import type { Settings } from "../../env.js";
import { checkedLookup, isAllowedAddress, systemResolve } from "../events/webhook-addresses.js";
import { ProxyAgent } from "../proxy-agent.js";
import { shownAvatar } from "./avatars.js";

/** A picture that may be shown: what its first bytes say it is, whatever its sender says. */
export interface Picture {
  type: string;
  etag: string;
  bytes: Buffer;
}

/** As for every answer of WeChat's. */
const limits = { ms: 5_000, bytes: 256 * 1024, atOnce: 8 };

/** Of pictures, and of addresses without one: a picture dies when its person chooses another. */
const cacheLimits = { bytes: 16 * 1024 * 1024, pictures: 2_000, ms: 60 * 60_000, failedMs: 60_000 };

type PictureSettings = Pick<Settings, "simulatorUrl" | "wechatProxy">;

/**
 * Fetches pictures from WeChat's picture hosts, so that an operator's browser tells WeChat nothing, and keeps some in memory. No
 * redirect is followed, and a host that resolves to an address that is not public is not connected to.
 */
export class AvatarPictures {
  readonly #settings: PictureSettings;
  readonly #lookup: LookupFunction;
  readonly #agents: { http: HttpAgent; https: HttpsAgent };
  readonly #cache = new LRUCache<string, { picture: Picture | undefined }>({
    max: cacheLimits.pictures,
    maxSize: cacheLimits.bytes,
    sizeCalculation: ({ picture }) => 200 + (picture?.bytes.length ?? 0),
    ttl: cacheLimits.ms,
  });
  readonly #underWay = new Map<string, Promise<Picture | undefined>>();

  constructor(settings: PictureSettings, resolve = systemResolve([])) {
    this.#settings = settings;
    this.#lookup = checkedLookup(resolve, (address) => isAllowedAddress(address, []));
    const https = settings.wechatProxy
      ? (new ProxyAgent(settings.wechatProxy) as HttpsAgent)
      : new HttpsAgent({ rejectUnauthorized: true });
    this.#agents = { http: new HttpAgent(), https };
  }

  /** @returns undefined without a picture, whatever the reason: the console shows a letter then. */
  async find(address: string | null): Promise<Picture | undefined> {
    const shown = shownAvatar(this.#settings, address);
    if (shown === null) return undefined;
    const url = smaller(shown);
    const kept = this.#cache.get(url);
    if (kept) return kept.picture;
    const asked = this.#underWay.get(url);
    if (asked) return asked;
    if (this.#underWay.size >= limits.atOnce) return undefined;
    const asking = this.#fetch(new URL(url)).finally(() => this.#underWay.delete(url));
    this.#underWay.set(url, asking);
    const picture = await asking;
    this.#cache.set(url, { picture }, { ttl: picture ? cacheLimits.ms : cacheLimits.failedMs });
    return picture;
  }

  async #fetch(url: URL): Promise<Picture | undefined> {
    const isSimulated = url.origin === this.#settings.simulatorUrl;
    const isHttps = url.protocol === "https:";
    // The lookup is skipped for an address in place of a name; the hosts on the list are names.
    if (!isSimulated && (!isHttps || isIP(url.hostname) !== 0)) return undefined;
    const bytes = await new Promise<Buffer | undefined>((settle) => {
      const request = (isHttps ? httpsRequest : httpRequest)(url, {
        agent: isHttps ? this.#agents.https : this.#agents.http,
        signal: AbortSignal.timeout(limits.ms),
        headers: { accept: "image/*" },
        // A proxy resolves the name itself, and a simulator is on this machine.
        ...(isSimulated || this.#settings.wechatProxy ? {} : { lookup: this.#lookup }),
      });
      request.on("error", () => settle(undefined));
      request.on("response", (response) => readAll(response).then(settle));
      request.end();
    });
    return bytes && pictureOf(bytes, isSimulated);
  }
}

/** A list shows 48 pixels; the last part of WeChat's address is the size, and 0 is 640. */
const smaller = (address: string): string => address.replace(/\/(?:0|640)$/, "/132");

/** @returns undefined for any other answer than a picture's, and for one that is too long or breaks off */
function readAll(response: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((settle) => {
    const chunks: Buffer[] = [];
    let length = 0;
    if (response.statusCode !== 200) response.destroy();
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limits.bytes) response.destroy();
    });
    response.on("error", () => {});
    response.on("close", () =>
      settle(response.complete && length <= limits.bytes ? Buffer.concat(chunks) : undefined),
    );
  });
}

const signatures: readonly (readonly [type: string, matches: (start: string) => boolean])[] = [
  ["image/jpeg", (start) => start.startsWith("\u00ff\u00d8\u00ff")],
  ["image/png", (start) => start.startsWith("\u0089PNG\r\n\u001a\n")],
  ["image/gif", (start) => /^GIF8[79]a/.test(start)],
  ["image/webp", (start) => start.startsWith("RIFF") && start.slice(8, 12) === "WEBP"],
];

function pictureOf(bytes: Buffer, isSimulated: boolean): Picture | undefined {
  const start = bytes.subarray(0, 16).toString("latin1");
  const known = signatures.find(([, matches]) => matches(start))?.[0];
  // A simulator draws its people, WeChat does not: SVG may hold a script.
  const type = known ?? (isSimulated && start.startsWith("<svg ") ? "image/svg+xml" : undefined);
  if (type === undefined) return undefined;
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  return { type, etag, bytes };
}
