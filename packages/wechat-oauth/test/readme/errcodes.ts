import { type ErrcodeExplanation, errcodes, explainErrcode } from "@wechat-login/oauth/errcodes";

/** For a log or a page: `40164` → "This server's public IP is not on the allow-list. (operator) 1. …" */
export function advise(code: number | string, endpoint?: string): string {
  // The code may be "TIMEOUT" and its like. With an error's `endpoint` the advice is for that call. Undefined: unknown.
  const explanation: ErrcodeExplanation | undefined = explainErrcode(code, endpoint);
  if (!explanation) return `${code} is not among the ${errcodes.length} explained codes.`;
  const { meaning, whoMustAct, steps } = explanation; // also retry: what a program may do by itself
  return `${meaning.en}. (${whoMustAct}) ${steps.en.map((step, i) => `${i + 1}. ${step}`).join(" ")}`;
}
