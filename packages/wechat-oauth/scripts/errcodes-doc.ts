import type { ErrcodeExplanation, Retry } from "../src/errcodes.js";

const actors: Record<ErrcodeExplanation["whoMustAct"], string> = {
  user: "user 用户",
  operator: "operator 运营",
  developer: "developer 开发",
  wechat: "WeChat 微信",
};

const retries: Record<Retry, string> = {
  never: "never 不重试",
  token: "once, with a new global token 换全局 token 后重试一次",
  sns_refresh: "once, after refreshing the person's token 刷新用户 token 后重试一次",
  backoff: "later, with growing pauses 稍后重试，间隔递增",
  restart: "send the person to sign in again, once 让用户重新登录一次",
};

const introduction = `# What WeChat's codes mean 微信错误码

<!-- Written by packages/wechat-oauth/scripts/errcodes-doc.ts from the table behind \`wechat-oauth/errcodes\`. Change
the table in packages/wechat-oauth/src/errcodes/, then run \`pnpm --filter wechat-oauth run errcodes-doc\`. -->

For whoever meets a code and has to do something about it: what it means, why it comes, who can end it, what to click or
check, and what software may do by itself. \`errcode: 0\` is success and not listed. A code that is not here: retry
nothing, and look it up by its number in WeChat's own list.

A failed code exchange is never repeated, whatever its code: the authorization code may be spent. An error on \`sns/\`
calls is about one person; the same error on \`cgi-bin/\` calls is about the whole account.
`;

/** The table as a page: an overview by kind of code, then each code with its causes and steps in both languages. */
export function renderErrcodes(errcodes: readonly ErrcodeExplanation[]): string {
  const own = errcodes.filter(({ code }) => typeof code === "string");
  const onPage = errcodes.filter((explanation) => explanation.onPage);
  const answered = errcodes.filter((explanation) => !own.includes(explanation) && !explanation.onPage);
  return [
    introduction,
    "## From WeChat's answers 接口返回\n",
    overview(answered),
    "## On WeChat's page 授权页面\n\nThe person sees these on their phone; no server is told.\n",
    overview(onPage),
    "## From our own side 本系统\n",
    overview(own),
    "## Each code 逐个说明\n",
    ...errcodes.map(details),
  ].join("\n");
}

function overview(explanations: readonly ErrcodeExplanation[]): string {
  const rows = explanations.map(
    ({ code, name, meaning, whoMustAct }) =>
      `| [${code}](#${name}) | ${meaning.en} | ${meaning.zh} | ${actors[whoMustAct]} |`,
  );
  return `${["| code | meaning | 含义 | who acts 谁处理 |", "|---|---|---|---|", ...rows].join("\n")}\n`;
}

function details(explanation: ErrcodeExplanation): string {
  const { code, name, errmsg, meaning, causes, steps, whoMustAct, retry, retryOnSns, link } = explanation;
  const facts = [
    errmsg === undefined ? undefined : `WeChat says 微信原文: \`${errmsg}\``,
    `who acts 谁处理: ${actors[whoMustAct]}`,
    `retry 重试: ${retries[retry]}`,
    retryOnSns && `retry on sns/ calls 用户接口重试: ${retries[retryOnSns]}`,
    link && `official page 官方文档: <${link}>`,
  ];
  return [
    `### <a id="${name}"></a>${code} \`${name}\`\n`,
    `${meaning.en}.  \n${meaning.zh}。\n`,
    ...facts.filter((fact) => fact !== undefined).map((fact) => `- ${fact}`),
    "\nCauses, the likeliest first:\n",
    ...causes.en.map((cause) => `- ${cause}`),
    "\nWhat to do:\n",
    ...steps.en.map((step, index) => `${index + 1}. ${step}`),
    "\n可能原因：\n",
    ...causes.zh.map((cause) => `- ${cause}`),
    "\n处理步骤：\n",
    ...steps.zh.map((step, index) => `${index + 1}. ${step}`),
    "",
  ].join("\n");
}
