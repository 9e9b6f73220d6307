/** What the readers of forms say in English, for pages in Chinese. A form's own checks let few of these through. */
const CHINESE: readonly (readonly [said: RegExp, words: string])[] = [
  [/^a person's id is /, "id 须为 1 到 40 个小写字母、数字或连字符"],
  [/^somebody has the person id (\S+) already$/, "已经有人使用 id $1"],
  [/^nobody (?:here )?has /, "没有这个人"],
  [/^no app has the appid (\S+)$/, "没有 appid 为 $1 的应用"],
  [/^(\w+) must be a whole number from (\S+) to (\S+)$/, "$1 须为 $2 到 $3 的整数"],
  [/^limits\.daily\.(\w+) must be a whole number from (\S+) to (\S+)$/, "$1 的每日上限须为 $2 到 $3 的整数"],
  [/^(\w+) must be a number of seconds from (\S+) to (\S+)$/, "$1 须为 $2 到 $3 秒"],
  [/^advanceSeconds must be a number from (\S+) to (\S+)$/, "只能前进 $1 到 $2 秒"],
  [/^share must be /, "百分比须大于 0，不超过 100"],
  [/^a page fails only with /, "页面只能安排 10003 到 10016 的 errcode"],
  [/^(\w+) must be one of (.*)$/, "$1 须为以下之一：$2"],
  [/^there is no such (?:preset|switch)$/, "没有这一项"],
];

/** @returns undefined where there are no Chinese words for it */
export function chineseProblem(said: string): string | undefined {
  const known = CHINESE.find(([pattern]) => pattern.test(said));
  return known && said.replace(known[0], known[1]);
}
