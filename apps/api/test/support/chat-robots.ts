import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A message as a chat shows it. */
export interface ChatMessage {
  kind: string;
  title: string;
  text: string;
}

interface Refusal {
  code: number;
}

const same = (one: string, other: string) =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
const hmac = (key: string, text: string) => createHmac("sha256", key).update(text).digest("base64");

export const robotSecret = "SECtest-of-a-robot";

/**
 * The robots of five services, which refuse as these do: a wrong or old signature, a body that is too large, and more messages than
 * their limit.
 */
export async function startChatRobots(now: () => Date) {
  const messages: ChatMessage[] = [];
  const refused: string[] = [];
  const times = new Map<string, number[]>();
  const state = { down: false, webhookSecret: "" };

  /** How many messages within how many seconds. */
  const limits: Record<string, [number, number]> = {
    ...{ wecom: [20, 60], dingtalk: [20, 60], feishu: [100, 60], slack: [1, 1], webhook: [1000, 1] },
  };
  const isTooFast = (kind: string): boolean => {
    const [most, seconds] = limits[kind] ?? [0, 0];
    const recent = (times.get(kind) ?? []).filter((at) => at > now().getTime() - seconds * 1000);
    times.set(kind, [...recent, now().getTime()]);
    return recent.length >= most;
  };
  const isFresh = (ms: number) => Math.abs(now().getTime() - ms) < 3_600_000;

  /** By the rules of Standard Webhooks; its library would compare the time with the real one. */
  function signatureOf(headers: Record<string, string>, body: string): string {
    const key = Buffer.from(state.webhookSecret.replace("whsec_", ""), "base64");
    const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
    return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
  }

  function take(
    kind: string,
    url: URL,
    headers: Record<string, string>,
    body: string,
  ): ChatMessage | Refusal {
    const bytes = Buffer.byteLength(body);
    const json = JSON.parse(body);
    const slow = isTooFast(kind);
    switch (kind) {
      case "wecom": {
        if (url.searchParams.get("key") !== "k3y") return { code: 93_000 };
        if (slow) return { code: 45_009 };
        const { content } = json.markdown;
        if (Buffer.byteLength(content) > 4096) return { code: 40_058 };
        return { kind, title: "", text: content };
      }
      case "dingtalk": {
        const timestamp = url.searchParams.get("timestamp") ?? "";
        const sign = url.searchParams.get("sign") ?? "";
        if (!isFresh(Number(timestamp)) || !same(sign, hmac(robotSecret, `${timestamp}\n${robotSecret}`))) {
          return { code: 310_000 };
        }
        if (slow) return { code: 130_101 };
        if (bytes > 20_000) return { code: 460_101 };
        return { kind, title: json.markdown.title, text: json.markdown.text };
      }
      case "feishu": {
        if (
          !isFresh(Number(json.timestamp) * 1000) ||
          !same(json.sign, hmac(`${json.timestamp}\n${robotSecret}`, ""))
        ) {
          return { code: 19_021 };
        }
        if (slow) return { code: 11_232 };
        if (bytes > 20 * 1024) return { code: 11_246 };
        return { kind, title: json.card.header.title.content, text: json.card.elements[0].content };
      }
      case "slack":
        if (slow) return { code: 429 };
        return { kind, title: "", text: json.text };
      default:
        if (headers["webhook-signature"] !== signatureOf(headers, body)) return { code: 401 };
        return { kind, title: json.data.title, text: body };
    }
  }

  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const url = new URL(request.url ?? "", "http://localhost");
      const kind = url.pathname.slice(1);
      if (state.down) return response.writeHead(503).end();
      const taken = take(kind, url, request.headers as Record<string, string>, body);
      const code = "code" in taken ? taken.code : 0;
      if ("code" in taken) refused.push(`${kind} ${code}`);
      else messages.push(taken);
      if (kind === "slack") return response.writeHead(code || 200).end(code ? "rate_limited" : "ok");
      const field = kind === "feishu" ? "code" : "errcode";
      return response.end(JSON.stringify({ [field]: code, errmsg: code ? "no" : "ok" }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const query: Record<string, string> = { wecom: "?key=k3y", dingtalk: "?access_token=t0ken" };
  return {
    messages,
    refused,
    state,
    url: (kind: string) => `http://127.0.0.1:${port}/${kind}${query[kind] ?? ""}`,
    of: (kind: string) => messages.filter((message) => message.kind === kind),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type ChatRobots = Awaited<ReturnType<typeof startChatRobots>>;
