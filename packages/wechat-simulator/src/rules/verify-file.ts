import { createHash } from "node:crypto";
import type { SimulatedApp } from "../stores/apps.js";

/** WeChat's console accepts at most this many callback domains for one Official Account. */
const MAX_CALLBACK_HOSTS = 2;
const TIMEOUT_MS = 5000;
/** The file has 16 characters; an endless body is read up to here. */
const MAX_BODY_BYTES = 1024;

/** Proves the ownership of a domain: its content is a token, and its name contains the same token. */
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
 * Adds a callback domain as WeChat's console does: it fetches the file from the root or the given directory and follows
 * no redirect. Declared deviation: it uses plain HTTP.
 *
 * @param timeoutMs for the whole response, including its body
 * @throws {TypeError} with the reason why the domain was not added
 */
export async function addCallbackHost(
  app: SimulatedApp,
  file: VerifyFile,
  host: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<void> {
  if (app.kind !== "official_account")
    throw new TypeError("only an Official Account verifies its callback domains");
  const domain = host.replace(/\/+$/, "");
  const target = `http://${domain}/${file.name}`;
  // Without a host, the URL of a file would have the file's name as its host.
  if (!URL.canParse(target) || !/^[^/\\@?#\s][^\\@?#\s]*$/.test(domain)) {
    throw new TypeError("a callback host is host, host:port or host/dir");
  }
  if (app.callbackHosts.includes(domain)) return;
  if (app.callbackHosts.length >= MAX_CALLBACK_HOSTS) {
    throw new TypeError(`an account has at most ${MAX_CALLBACK_HOSTS} callback hosts`);
  }
  const { status, start } = await fetchStart(target, timeoutMs).catch((error: unknown) => {
    throw new TypeError(`${file.name} could not be fetched from ${domain}`, { cause: error });
  });
  if (status !== 200) throw new TypeError(`${file.name} at ${domain} answers HTTP ${status}, not 200`);
  if (start?.trim() !== file.content) {
    throw new TypeError(`${file.name} at ${domain} does not contain exactly its token`);
  }
  app.callbackHosts = [...app.callbackHosts, domain];
}

/** @returns no `start` if the status is not 200 or the body is too long */
async function fetchStart(target: string, timeoutMs: number): Promise<{ status: number; start?: string }> {
  const response = await fetch(target, { redirect: "manual", signal: AbortSignal.timeout(timeoutMs) });
  const { status, body } = response;
  if (status !== 200) {
    await body?.cancel();
    return { status };
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the body and closes the connection.
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return { status };
    chunks.push(chunk);
  }
  return { status, start: Buffer.concat(chunks).toString() };
}
