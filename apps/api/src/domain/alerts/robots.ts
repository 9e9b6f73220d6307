import { createHmac } from "node:crypto";
import type { AlertChannelKind } from "../../db/schema.js";
import type { WebhookAnswer } from "../events/webhook-client.js";
import { signedHeaders } from "../events/webhook-signature.js";
import type { AlertItem, AlertMessage } from "./message.js";

/** What is sent to a channel. */
export interface RobotRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

interface Sending {
  url: string;
  /** Undefined for a robot that does not sign. */
  secret: string | undefined;
  message: AlertMessage;
  /** Also the webhook-id. */
  id: string;
  now: Date;
}

/** The robot of one service: how it is written to, and how its answer reads. */
interface Robot {
  /** Whether messages are signed: never, if the operator gives a secret, or always with one of this system's own. */
  signs: "never" | "if given" | "always";
  request(sending: Sending): RobotRequest;
  /** Why it refused a message; undefined if it took it. Most of them answer 200 to what they refuse. */
  refusalOf(answer: WebhookAnswer): string | undefined;
}

/**
 * A message with as many items as fit. What is left out is counted in its last line.
 *
 * @param maxBytes of what `render` returns, in UTF-8
 */
function fit(
  { items, more, ...message }: AlertMessage,
  maxBytes: number,
  render: (message: { title: string; items: readonly AlertItem[]; last: AlertItem | undefined }) => string,
): string {
  for (let shown = items.length; ; shown--) {
    const left = items.length - shown;
    const text = render({
      title: message.title,
      items: items.slice(0, shown),
      last: left === 0 ? undefined : more(left),
    });
    if (shown === 0 || Buffer.byteLength(text) <= maxBytes) return text;
  }
}

/** The Markdown that WeCom, DingTalk and Feishu read alike. */
const markdown = (items: readonly AlertItem[]) =>
  items
    .map(({ heading, facts, link }) =>
      [`**${heading}**`, ...facts.map((fact) => `- ${fact}`), `[${link.text}](${link.url})`].join("\n"),
    )
    .join("\n\n");
const markdownOf = (message: AlertMessage, maxBytes: number, withTitle: boolean) =>
  fit(message, maxBytes, ({ title, items, last }) =>
    [...(withTitle ? [`### ${title}`] : []), markdown([...items, ...(last ? [last] : [])])].join("\n\n"),
  );

/** Slack's own markup, in which these three characters are escaped. */
const slackText = (text: string) =>
  text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign] ?? sign);
const slackOf = (message: AlertMessage, maxBytes: number) =>
  fit(message, maxBytes, ({ title, items, last }) =>
    [
      `*${slackText(title)}*`,
      ...[...items, ...(last ? [last] : [])].map(({ heading, facts, link }) =>
        [
          `*${slackText(heading)}*`,
          ...facts.map((fact) => `• ${slackText(fact)}`),
          `<${link.url}|${slackText(link.text)}>`,
        ].join("\n"),
      ),
    ].join("\n\n"),
  );

/** Feishu's signature: the key is the time in seconds and the secret, over nothing. */
export const signFeishu = (seconds: number, secret: string): string =>
  createHmac("sha256", `${seconds}\n${secret}`).digest("base64");

/** DingTalk's signature: over the time in milliseconds and the secret, for a query. */
export const signDingTalk = (ms: number, secret: string): string =>
  encodeURIComponent(createHmac("sha256", secret).update(`${ms}\n${secret}`).digest("base64"));

function jsonOf(text: string | undefined): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** Why a robot refused, from the field of its JSON that is 0 for success. Its text is not kept: it may repeat what was sent. */
const refusalIn =
  (...fields: string[]) =>
  ({ error, text }: WebhookAnswer): string | undefined => {
    if (error !== null) return error;
    const answer = jsonOf(text);
    const code = fields.map((field) => answer[field]).find((value) => typeof value === "number");
    if (code === 0) return undefined;
    return code === undefined ? "answer not understood" : `refused with ${code}`;
  };

export const robots: Record<AlertChannelKind, Robot> = {
  // https://developer.work.weixin.qq.com/document/path/91770: 4096 bytes of markdown
  wecom: {
    signs: "never",
    request: ({ url, message }) => ({
      url,
      headers: {},
      body: JSON.stringify({ msgtype: "markdown", markdown: { content: markdownOf(message, 4096, true) } }),
    }),
    refusalOf: refusalIn("errcode"),
  },
  // https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: 20 KB for the whole request
  feishu: {
    signs: "if given",
    request({ url, secret, message, now }) {
      const seconds = Math.floor(now.getTime() / 1000);
      const signature =
        secret === undefined ? {} : { timestamp: String(seconds), sign: signFeishu(seconds, secret) };
      const header = {
        title: { tag: "plain_text", content: message.title },
        template: message.isCritical ? "red" : "orange",
      };
      const content = markdownOf(message, 16_000, false);
      const card = { header, elements: [{ tag: "markdown", content }] };
      return { url, headers: {}, body: JSON.stringify({ ...signature, msg_type: "interactive", card }) };
    },
    refusalOf: refusalIn("code", "StatusCode"),
  },
  // https://open.dingtalk.com/document/robots/custom-robot-access: 20,000 bytes
  dingtalk: {
    signs: "if given",
    request({ url, secret, message, now }) {
      const ms = now.getTime();
      const signature = secret === undefined ? "" : `&timestamp=${ms}&sign=${signDingTalk(ms, secret)}`;
      const markdown = { title: message.title, text: markdownOf(message, 16_000, true) };
      return { url: url + signature, headers: {}, body: JSON.stringify({ msgtype: "markdown", markdown }) };
    },
    refusalOf: refusalIn("errcode"),
  },
  // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
  slack: {
    signs: "never",
    request: ({ url, message }) => ({
      url,
      headers: {},
      body: JSON.stringify({ text: slackOf(message, 16_000) }),
    }),
    refusalOf: ({ error }) => error ?? undefined,
  },
  webhook: {
    signs: "always",
    request({ url, secret = "", message, id, now }) {
      const { title, incidents } = message;
      const body = JSON.stringify({
        type: "alert",
        timestamp: now.toISOString(),
        data: { title, incidents },
      });
      const timestamp = Math.floor(now.getTime() / 1000);
      return { url, headers: signedHeaders({ id, timestamp, body }, [secret]), body };
    },
    refusalOf: ({ error }) => error ?? undefined,
  },
};
