/** Chinese translations of English validation errors. The checks in the forms prevent most of these. */
const CHINESE: readonly (readonly [pattern: RegExp, translation: string])[] = [
  [/^a person's id is .*$/, "id 须为 1 到 40 个小写字母、数字或连字符"],
  [/^the person id (\S+) is taken$/, "id $1 已被使用"],
  [/^no person has .*$/, "没有该用户"],
  [/^no app has the appid (\S+)$/, "没有 appid 为 $1 的应用"],
  [/^(\w+) must be a whole number from (\S+) to (\S+)$/, "$1 须为 $2 到 $3 的整数"],
  [/^limits\.([\w.]+) must be a whole number from (\S+) to (\S+)$/, "上限 $1 须为 $2 到 $3 的整数"],
  [/^only an Official Account verifies its callback domains$/, "只有公众号需要校验域名"],
  [/^a callback host is host, host:port or host\/dir$/, "回调域名须为 host、host:port 或 host/dir"],
  [/^an account has at most (\d+) callback hosts$/, "一个公众号最多 $1 个回调域名"],
  [/^(\S+) could not be fetched from (\S+)$/, "无法从 $2 取得 $1"],
  [/^(\S+) at (\S+) answers HTTP (\d+), not 200$/, "$2 上的 $1 返回 HTTP $3，而不是 200"],
  [/^(\S+) at (\S+) does not contain exactly its token$/, "$2 上的 $1 内容与文件名中的字符串不一致"],
  [/^(\w+) must be a number of seconds from (\S+) to (\S+)$/, "$1 须为 $2 到 $3 秒"],
  [/^advanceSeconds must be a number from (\S+) to (\S+)$/, "只能前进 $1 到 $2 秒"],
  [/^the clock can be at most (\d+) seconds ahead .*$/, "时钟累计最多前进 $1 秒"],
  [/^share must be .*$/, "百分比须大于 0，不超过 100"],
  [/^a page cannot fail by (\w+); (\w+) accepts (.*)$/, "页面 $2 不能以 $1 失败；可选：$3"],
  [/^the errcode of a page must be one of (.*)$/, "页面的 errcode 须为以下之一：$1"],
  [/^(\w+) must be a string of at most (\d+) characters$/, "$1 须为不超过 $2 个字符的文字"],
  [/^the person id (\S+) belonged to a deleted person.*$/, "id $1 属于已注销的用户；新账号须用别的 id"],
  [/^(\w+) must be one of (.*)$/, "$1 须为以下之一：$2"],
  [/^no such (?:preset|switch)$/, "没有这一项"],
];

/** @returns undefined if there is no translation */
export function translateError(message: string): string | undefined {
  const known = CHINESE.find(([pattern]) => pattern.test(message));
  return known && message.replace(known[0], known[1]);
}
