import { createHash } from "node:crypto";
import type { SimulatedApp } from "../stores/apps.js";

/** WeChat's console takes no more callback domains than this for one Official Account. */
const MAX_CALLBACK_HOSTS = 2;
const TIMEOUT_MS = 5000;
/** The file has 16 characters; of a body without an end no more is read than this. */
const MAX_BODY_BYTES = 1024;

/** The proof of ownership of a domain: a file whose name holds the token that is its whole content. */
export interface VerifyFile {
  name: string;
  content: string;
}

/** One file per account, the same on every run. */
export function verifyFileOf(seed: string, appId: string): VerifyFile {
  const digest = createHash("sha256").update(`${seed} verify ${appId}`).digest("base64");
  const content = digest.replace(/[^A-Za-z0-9]/g, "").slice(0, 16);
  return { name: `MP_verify_${content}.txt`, content };
}

/**
 * What WeChat's console does when an operator adds a callback domain: it fetches the proof from there, at the root or
 * at the directory that was named, and follows no redirect. Declared deviation: it asks over plain HTTP.
 *
 * @param timeoutMs for the whole answer, with its body
 * @throws {TypeError} that says why the domain was not taken
 */
export async function addCallbackHost(
  app: SimulatedApp,
  file: VerifyFile,
  host: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<void> {
  if (app.kind !== "official_account") throw new TypeError("only an Official Account proves its domains");
  const place = host.replace(/\/+$/, "");
  const target = `http://${place}/${file.name}`;
  if (!URL.canParse(target) || /[@?#\s]/.test(place)) {
    throw new TypeError("a callback host is host, host:port or host/dir");
  }
  if (app.callbackHosts.includes(place)) return;
  if (app.callbackHosts.length >= MAX_CALLBACK_HOSTS) {
    throw new TypeError(`an account has at most ${MAX_CALLBACK_HOSTS} callback hosts`);
  }
  const { status, start } = await fetchStart(target, timeoutMs).catch((error: unknown) => {
    throw new TypeError(`${file.name} could not be fetched from ${place}`, { cause: error });
  });
  if (status !== 200) throw new TypeError(`${file.name} at ${place} answers HTTP ${status}, not 200`);
  if (start?.trim() !== file.content) {
    throw new TypeError(`${file.name} at ${place} does not hold its token alone`);
  }
  app.callbackHosts = [...app.callbackHosts, place];
}

/** @returns no `start` where the status is not 200 or the body is longer than any proof */
async function fetchStart(target: string, timeoutMs: number): Promise<{ status: number; start?: string }> {
  const response = await fetch(target, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  const { status, body } = response;
  if (status !== 200) {
    await body?.cancel();
    return { status };
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the body and with it the connection.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return { status };
    chunks.push(chunk);
  }
  return { status, start: Buffer.concat(chunks).toString() };
}
