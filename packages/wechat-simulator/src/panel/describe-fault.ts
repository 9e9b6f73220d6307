import type { Fault } from "../faults/fault.js";
import type { PlannedFault } from "../faults/planned-faults.js";
import { PAGE_ENDPOINTS } from "../protocol/endpoints.js";
import { errmsgOf } from "../protocol/errcodes.js";
import { isPageErrorCode, pageError } from "../protocol/page-errors.js";
import type { Text } from "../protocol/text.js";
import type { Translate } from "./panel.js";

/** The kinds in the form; `reset` appears twice, before and after the call. */
export type OfferedKind = Exclude<Fault["kind"], "reset"> | "reset:before" | "reset:after";

export const KIND_LABELS: Record<OfferedKind, Text> = {
  errcode: { en: "an errcode; nothing is spent", zh: "返回 errcode；不消耗 code" },
  delay: { en: "a late response; the code is spent", zh: "延迟响应；code 已消耗" },
  "reset:before": {
    en: "connection reset before the call; nothing is spent",
    zh: "执行前连接中断；不消耗 code",
  },
  "reset:after": {
    en: "connection reset after the call; the code is spent",
    zh: "执行后连接中断；code 已消耗",
  },
  http_502: {
    en: "HTTP 502 with a gateway's HTML; nothing is spent",
    zh: "HTTP 502 和网关的 HTML；不消耗 code",
  },
  invalid_json: { en: "text that is not JSON; nothing is spent", zh: "不是 JSON 的文本；不消耗 code" },
  truncated_json: {
    en: "the real response, truncated; the code is spent",
    zh: "真实响应被截断；code 已消耗",
  },
  broken_utf8: {
    en: "the real response with invalid UTF-8; the code is spent",
    zh: "真实响应但含无效 UTF-8；code 已消耗",
  },
  oversized: {
    en: "the real response with 256 KB of padding; the code is spent",
    zh: "真实响应加 256 KB 填充；code 已消耗",
  },
  slow_drip: {
    en: "the real response byte by byte; the code is spent",
    zh: "真实响应逐字节发送；code 已消耗",
  },
  body: { en: "a body of your own; nothing is spent", zh: "自定义内容；不消耗 code" },
};

/** A planned fault in one line. */
export function describeFault(t: Translate, { endpoint, fault }: PlannedFault): string {
  switch (fault.kind) {
    case "errcode":
      return `${fault.errcode} · ${fault.errmsg ?? errmsgFor(fault.errcode)}`;
    case "delay":
      return t(`response after ${fault.ms} ms`, `${fault.ms} 毫秒后响应`);
    case "slow_drip":
      return t(`byte by byte over ${fault.ms} ms`, `在 ${fault.ms} 毫秒内逐字节发送`);
    case "reset": {
      // A page does not spend a code but issues one.
      if (fault.when === "after" && PAGE_ENDPOINTS.some((page) => page === endpoint)) {
        return t("connection reset after the visit; its code is lost", "打开后连接中断；code 已生成但未送达");
      }
      const { en, zh } = KIND_LABELS[`reset:${fault.when}`];
      return t(en, zh);
    }
    default: {
      const { en, zh } = KIND_LABELS[fault.kind];
      return t(en, zh);
    }
  }
}

/** WeChat's text for the number, on a page or in a response. */
export function errmsgFor(errcode: number): string {
  return isPageErrorCode(errcode) ? pageError(errcode).message : errmsgOf(errcode);
}
