import { links } from "../src/errcodes/links.js";
import type { Advice, ErrcodeExplanation, Retry } from "../src/errcodes.js";

export type Language = "en" | "zh";

interface Words {
  introduction: string;
  actors: Record<ErrcodeExplanation["whoMustAct"], string>;
  retries: Record<Retry, string>;
  headings: { answers: string; page: string; own: string; unexplained: string; each: string };
  /** Between the heading of WeChat's page and its codes. */
  shownOnPage: string;
  columns: string;
  facts: { errmsg: string; actor: string; retry: string; retryOnSns: string; link: string };
  causes: string;
  steps: string;
  /** Before what differs for some calls; `facts` has who acts and whether to retry, and may be empty. */
  instead: (calls: string, facts: string) => string;
  cause: string;
  /** Between two facts, and at the end of a sentence. */
  separator: string;
  stop: string;
  unexplained: string;
}

const en: Words = {
  introduction: `# What WeChat's codes mean

[中文](errcodes.zh-CN.md)

<!-- Written by packages/wechat-oauth/scripts/errcodes-doc.ts from the table behind \`@wechat-login/oauth/errcodes\`. Change
the table in packages/wechat-oauth/src/errcodes/, then run \`pnpm run errcodes-doc\` there. -->

For operators and developers: what each code means, its likely causes, who must act, what to do, and what a program may
retry by itself. \`errcode: 0\` is success and not listed. If a code is not listed here, do not retry, and look it up in
[WeChat's own list](${links.returnCodes}).

Never repeat a failed code exchange, whatever its errcode: the authorization code may be spent. An error of an \`sns/\`
call concerns one person; the same error of a \`cgi-bin/\` call concerns the whole account.
`,
  actors: { user: "user", operator: "operator", developer: "developer", wechat: "WeChat" },
  retries: {
    never: "never",
    token: "once, with a new global token",
    sns_refresh: "once, after a refresh of the person's token",
    backoff: "later, with growing pauses",
    restart: "ask the person to sign in again, once",
  },
  headings: {
    answers: "Answers of WeChat's API",
    page: "WeChat's authorize page",
    own: "This library",
    unexplained: "Codes without an explanation",
    each: "Each code",
  },
  shownOnPage: "Shown to the person on the phone; no server receives these codes.",
  columns: "| code | meaning | who acts |",
  facts: {
    errmsg: "errmsg",
    actor: "who acts",
    retry: "retry",
    retryOnSns: "retry on `sns/` calls",
    link: "official page",
  },
  causes: "Causes, the most likely first:",
  steps: "What to do:",
  instead: (calls, facts) => `On ${calls} ${facts && `(${facts}) `}instead:`,
  cause: "cause: ",
  separator: ": ",
  stop: ".",
  unexplained: `We found no source that says what these numbers mean. Treat them as unknown codes: do not retry, and look them up in
[WeChat's list](${links.returnCodes}), or give WeChat the \`rid\` of the failed call.`,
};

const zh: Words = {
  introduction: `# 微信错误码

[English](errcodes.md)

<!-- 由 packages/wechat-oauth/scripts/errcodes-doc.ts 根据 \`@wechat-login/oauth/errcodes\` 背后的表生成。请修改
packages/wechat-oauth/src/errcodes/ 里的表，再在那个包里运行 \`pnpm run errcodes-doc\`。 -->

供运营和开发人员查阅：每个错误码的含义、可能原因、由谁处理、处理步骤，以及程序可以自动重试什么。\`errcode: 0\`
表示成功，未列出。这里没有的错误码：不要重试，请到[微信官方列表](${links.returnCodes})按数字查询。

换取 code 失败后，无论返回什么错误码，都不要用同一个 code 再次换取：它可能已经用掉了。\`sns/\`
接口的错误只关系到一个用户；\`cgi-bin/\` 接口的同一个错误关系到整个账号。
`,
  actors: { user: "用户", operator: "运营", developer: "开发", wechat: "微信" },
  retries: {
    never: "不重试",
    token: "换全局 token 后重试一次",
    sns_refresh: "刷新用户 token 后重试一次",
    backoff: "稍后重试，间隔递增",
    restart: "让用户重新登录一次",
  },
  headings: {
    answers: "接口返回",
    page: "微信授权页面",
    own: "本系统",
    unexplained: "没有说明的错误码",
    each: "逐个说明",
  },
  shownOnPage: "只显示在用户手机上，服务器收不到。",
  columns: "| 错误码 | 含义 | 谁处理 |",
  facts: {
    errmsg: "errmsg",
    actor: "谁处理",
    retry: "重试",
    retryOnSns: "`sns/` 接口的重试",
    link: "官方文档",
  },
  causes: "可能原因，最常见的在前：",
  steps: "处理步骤：",
  instead: (calls, facts) => `${calls} 接口${facts && `（${facts}）`}则为：`,
  cause: "原因：",
  separator: "：",
  stop: "。",
  unexplained: `以下错误码，我们没有找到说明其含义的资料。按未知错误码处理：不要重试，请到[微信官方列表](${links.returnCodes})查询，或凭失败请求的
\`rid\` 联系微信。`,
};

const wordsIn: Record<Language, Words> = { en, zh };

/** Numbers of WeChat's for which we found no source. An explanation would be a guess: they are treated as unknown codes. */
export const unexplainedErrcodes: readonly number[] = [
  ...[10001, 10002, 10008, 10014, 10038], // on WeChat's authorize page
  ...[40090, 40166, 40187, 41029, 45032, 45073, 48012],
];

/** The table as a page: overviews by the origin of the codes, then each code with its causes and steps. */
export function renderErrcodes(errcodes: readonly ErrcodeExplanation[], language: Language): string {
  const words = wordsIn[language];
  const { headings } = words;
  const own = errcodes.filter(({ code }) => typeof code === "string");
  const onPage = errcodes.filter((explanation) => explanation.onPage);
  const answered = errcodes.filter((explanation) => !own.includes(explanation) && !explanation.onPage);
  const overview = (explanations: readonly ErrcodeExplanation[]) =>
    [
      words.columns,
      "| --- | --- | --- |",
      ...explanations.map(
        ({ code, name, meaning, whoMustAct }) =>
          `| [${code}](#${name}) | ${meaning[language]} | ${words.actors[whoMustAct]} |`,
      ),
      "",
    ].join("\n");
  return [
    words.introduction,
    `## ${headings.answers}\n`,
    overview(answered),
    `## ${headings.page}\n\n${words.shownOnPage}\n`,
    overview(onPage),
    `## ${headings.own}\n`,
    overview(own),
    `## ${headings.unexplained}\n\n${words.unexplained}\n\n${unexplainedErrcodes.join(" · ")}\n`,
    `## ${headings.each}\n`,
    ...errcodes.map((explanation) => details(explanation, language)),
  ].join("\n");
}

function details(explanation: ErrcodeExplanation, language: Language): string {
  const { code, name, errmsg, meaning, causes, steps, whoMustAct, retry, retryOnSns, link } = explanation;
  const { actors, retries, facts, separator, ...words } = wordsIn[language];
  const shown: [string, string | undefined][] = [
    [facts.errmsg, errmsg && `\`${errmsg}\``],
    [facts.actor, actors[whoMustAct]],
    [facts.retry, retries[retry]],
    [facts.retryOnSns, retryOnSns && retries[retryOnSns]],
    [facts.link, link && `<${link}>`],
  ];
  return [
    `### <a id="${name}"></a>${code} \`${name}\`\n`,
    `${meaning[language]}${words.stop}\n`,
    ...shown.filter(([, fact]) => fact !== undefined).map(([fact, text]) => `- ${fact}${separator}${text}`),
    `\n${words.causes}\n`,
    ...causes[language].map((cause) => `- ${cause}`),
    `\n${words.steps}\n`,
    ...steps[language].map((step, index) => `${index + 1}. ${step}`),
    ...Object.entries(explanation.on ?? {}).flatMap(([calls, advice]) =>
      differences(calls, advice, language),
    ),
    "",
  ].join("\n");
}

/** What else is true for some calls: who acts, whether to retry, causes and steps, in one list. */
function differences(calls: string, advice: Advice, language: Language): string[] {
  const { causes, steps, whoMustAct, retry } = advice;
  const words = wordsIn[language];
  const name = calls.endsWith("/") ? `\`${calls}…\`` : `\`${calls}\``;
  const facts = [whoMustAct && words.actors[whoMustAct], retry && words.retries[retry]];
  return [
    `\n${words.instead(name, facts.filter((fact) => fact !== undefined).join(" · "))}\n`,
    ...(causes?.[language] ?? []).map((cause) => `- ${words.cause}${cause}`),
    ...(steps?.[language] ?? []).map((step, index) => `${index + 1}. ${step}`),
  ];
}
