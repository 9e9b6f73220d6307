import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Deps } from "../deps.js";
import { type Finding, finding } from "./finding.js";

/** How long a page of this server, or WeChat's, may take, in ms. */
const answerMs = 3_000;

const mostClockSeconds = 60;

/** What concerns every app: the address of this server, its clock, and which WeChat it speaks to. */
export async function checkSite(deps: Deps): Promise<Finding[]> {
  return [
    checkWeChat(deps),
    checkPublicUrl(deps.settings.publicUrl),
    ...(await Promise.all([checkReachable(deps), checkVerifyFiles(deps), checkClock(deps)])),
  ];
}

function checkWeChat({ settings: { usesSimulator, usesRelay } }: Deps): Finding {
  if (usesSimulator) return finding("wechat.simulated");
  return finding(usesRelay ? "wechat.relay" : "wechat.real");
}

function checkPublicUrl(publicUrl: URL): Finding {
  const values = { url: publicUrl.origin, host: publicUrl.hostname };
  if (publicUrl.protocol !== "https:") return finding("public_url.http", values);
  return finding(publicUrl.port === "" ? "public_url.fits" : "public_url.port", values);
}

async function checkReachable({ settings }: Deps): Promise<Finding> {
  try {
    const { status } = await read(new URL("/healthz", settings.publicUrl));
    return status === 200 ? finding("reachable.yes") : finding("reachable.no", { reason: status });
  } catch (error) {
    return finding("reachable.no", { reason: reasonOf(error) });
  }
}

/** As WeChat fetches them: at the root of the domain, without following a redirect. */
async function checkVerifyFiles({ settings }: Deps): Promise<Finding> {
  const { verifyFiles, publicUrl } = settings;
  if (verifyFiles.length === 0) return finding("verify_files.none");
  const differing = [];
  for (const { name, content } of verifyFiles) {
    const answer = await read(new URL(`/${name}`, publicUrl)).catch(() => undefined);
    if (answer?.status !== 200 || !answer.body.equals(content)) differing.push(name);
  }
  return differing.length > 0
    ? finding("verify_files.differ", { files: differing.join(", ") })
    : finding("verify_files.served", { files: verifyFiles.map(({ name }) => name).join(", ") });
}

/** Any answer of a server tells its time, which HTTP gives in whole seconds. */
async function checkClock({ settings, now }: Deps): Promise<Finding> {
  if (settings.wechatProxy) return finding("clock.unknown", { reason: "HTTPS_PROXY" });
  try {
    const { date } = await read(new URL(settings.wechatApiUrl));
    if (date === undefined) return finding("clock.unknown", { reason: "Date" });
    const seconds = Math.round(Math.abs(Date.parse(date) - now().getTime()) / 1000);
    return seconds > mostClockSeconds
      ? finding("clock.wrong", { seconds })
      : finding("clock.right", { seconds: Math.max(seconds, 1) });
  } catch (error) {
    return finding("clock.unknown", { reason: reasonOf(error) });
  }
}

interface Answer {
  status: number;
  date: string | undefined;
  body: Buffer;
}

/** Reads at most 64 KiB of what a GET of this address answers. A redirect is an answer. */
function read(url: URL): Promise<Answer> {
  const request = url.protocol === "https:" ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(answerMs);
    const sent = request(url, { signal, agent: false }, (response) => {
      const { statusCode: status = 0, headers } = response;
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        bytes += chunk.length;
        if (bytes > 65_536) response.destroy(new Error("too long"));
      });
      response.on("error", reject);
      response.on("end", () => resolve({ status, date: headers.date, body: Buffer.concat(chunks) }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

/** A code such as ENOTFOUND or CERT_HAS_EXPIRED, and never a message: it may hold an address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "error";
  if (error.name === "AbortError") return "ETIMEDOUT"; // its own code says only that the signal ended it
  return "code" in error && typeof error.code === "string" ? error.code : "error";
}
