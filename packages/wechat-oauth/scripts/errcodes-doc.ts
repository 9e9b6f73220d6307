import { links } from "../src/errcodes/links.js";
import type { Advice, ErrcodeExplanation, Retry } from "../src/errcodes.js";

const actors: Record<ErrcodeExplanation["whoMustAct"], string> = {
  user: "user 用户",
  operator: "operator 运营",
  developer: "developer 开发",
  wechat: "WeChat 微信",
};

const retries: Record<Retry, string> = {
  never: "never 不重试",
  token: "once, with a new global token 换全局 token 后重试一次",
  sns_refresh: "once, after a refresh of the person's token 刷新用户 token 后重试一次",
  backoff: "later, with growing pauses 稍后重试，间隔递增",
  restart: "ask the person to sign in again, once 让用户重新登录一次",
};

const introduction = `# What WeChat's codes mean 微信错误码

<!-- Written by packages/wechat-oauth/scripts/errcodes-doc.ts from the table behind \`@wechat-login/oauth/errcodes\`. Change
the table in packages/wechat-oauth/src/errcodes/, then run \`pnpm run errcodes-doc\` there. -->

For operators and developers: what each code means, its likely causes, who must act, what to do, and what a program may
retry by itself. \`errcode: 0\` is success and not listed. If a code is not listed here, do not retry, and look it up in
WeChat's own list.

Never repeat a failed code exchange, whatever its errcode: the authorization code may be spent. An error of an \`sns/\`
call concerns one person; the same error of a \`cgi-bin/\` call concerns the whole account.

供运营和开发人员查阅：每个错误码的含义、可能原因、由谁处理、处理步骤，以及程序可以自动重试什么。\`errcode: 0\`
表示成功，未列出。这里没有的错误码：不要重试，请到微信官方列表按数字查询。

换取 code 失败后，无论返回什么错误码，都不要用同一个 code 再次换取：它可能已经用掉了。\`sns/\`
接口的错误只关系到一个用户；\`cgi-bin/\` 接口的同一个错误关系到整个账号。
`;

/** Numbers of WeChat's for which we found no source. An explanation would be a guess: they are treated as unknown codes. */
export const unexplainedErrcodes: readonly number[] = [
  ...[10001, 10002, 10008, 10014, 10038], // on WeChat's authorize page
  ...[40090, 40166, 40187, 41029, 45032, 45073, 48012],
];

const unexplained = `We found no source that says what these numbers mean. Treat them as unknown codes: do not retry, and look them up in [WeChat's list](${links.returnCodes}), or give WeChat the \`rid\` of the failed call.

以下错误码，我们没有找到说明其含义的资料。按未知错误码处理：不要重试，请到[微信官方列表](${links.returnCodes})查询，或凭失败请求的
\`rid\` 联系微信。

${unexplainedErrcodes.join(" · ")}
`;

/** The table as a page: overviews by the origin of the codes, then each code with causes and steps in both languages. */
export function renderErrcodes(errcodes: readonly ErrcodeExplanation[]): string {
  const own = errcodes.filter(({ code }) => typeof code === "string");
  const onPage = errcodes.filter((explanation) => explanation.onPage);
  const answered = errcodes.filter((explanation) => !own.includes(explanation) && !explanation.onPage);
  return [
    introduction,
    "## Answers of WeChat's API 接口返回\n",
    overview(answered),
    "## WeChat's authorize page 授权页面\n\nShown to the person on the phone; no server receives these codes. 只显示在用户手机上，服务器收不到。\n",
    overview(onPage),
    "## This library 本系统\n",
    overview(own),
    "## Codes without an explanation 没有说明的错误码\n",
    unexplained,
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
    errmsg === undefined ? undefined : `errmsg 微信原文: \`${errmsg}\``,
    `who acts 谁处理: ${actors[whoMustAct]}`,
    `retry 重试: ${retries[retry]}`,
    retryOnSns && `retry on sns/ calls 用户接口重试: ${retries[retryOnSns]}`,
    link && `official page 官方文档: <${link}>`,
  ];
  return [
    `### <a id="${name}"></a>${code} \`${name}\`\n`,
    `${meaning.en}.  \n${meaning.zh}。\n`,
    ...facts.filter((fact) => fact !== undefined).map((fact) => `- ${fact}`),
    "\nCauses, the most likely first:\n",
    ...causes.en.map((cause) => `- ${cause}`),
    "\nWhat to do:\n",
    ...steps.en.map((step, index) => `${index + 1}. ${step}`),
    "\n可能原因：\n",
    ...causes.zh.map((cause) => `- ${cause}`),
    "\n处理步骤：\n",
    ...steps.zh.map((step, index) => `${index + 1}. ${step}`),
    ...Object.entries(explanation.on ?? {}).flatMap(([calls, advice]) => differences(calls, advice)),
    "",
  ].join("\n");
}

/** What else is true for some calls: who acts, whether to retry, causes and steps, in one list a language. */
function differences(calls: string, { causes, steps, whoMustAct, retry }: Advice): string[] {
  const name = calls.endsWith("/") ? `\`${calls}…\`` : `\`${calls}\``;
  const facts = [whoMustAct && actors[whoMustAct], retry && retries[retry]].filter(
    (fact) => fact !== undefined,
  );
  const list = (language: "zh" | "en", causeWord: string) => [
    ...(causes?.[language] ?? []).map((cause) => `- ${causeWord}: ${cause}`),
    ...(steps?.[language] ?? []).map((step, index) => `${index + 1}. ${step}`),
  ];
  return [
    `\nOn ${name} ${facts.length > 0 ? `(${facts.join(" · ")}) ` : ""}instead:\n`,
    ...list("en", "cause"),
    `\n${name} 接口则为：\n`,
    ...list("zh", "原因"),
  ];
}
