import { type ErrcodeExplanation, errcodes, explainErrcode } from "wechat-oauth/errcodes";

/** For a log or a page: `40164` → "This server's public IP is not on the allow-list. (operator) 1. …" */
export function advise(code: number | string): string {
  const explanation: ErrcodeExplanation | undefined = explainErrcode(code); // or "TIMEOUT"; undefined: unknown
  if (!explanation) return `Nobody explained ${code}; ${errcodes.length} others are.`;
  const { meaning, whoMustAct, steps } = explanation; // and retry, retryOnSns: what software may do by itself
  return `${meaning.en}. (${whoMustAct}) ${steps.en.map((step, i) => `${i + 1}. ${step}`).join(" ")}`;
}
