import { createRequire } from "node:module";
import type { Settings } from "../../env.js";

const require = createRequire(import.meta.url);

const minLength = 8;
export const maxLength = 256;

/** The sign-in throttles guesses after a few; a password that takes fewer than this would fall to a slow, patient list. */
const fewestGuesses = 1e6;

/** What is guessed first in China, and in a console of this kind; the dictionary of zxcvbn knows few of these. */
const wordsGuessedFirst = `
  5201314 520520 1314520 1314521 7758521 woaini woaini520 woaini1314 aini nihao zhangsan lisi wangwu xiaoming
  mima guanliyuan yunying kefu ceshi weixin wechat weixin123 wechat123 admin administrator operator owner viewer root
  access14 letmein123 test1234 qq123456 1qaz2wsx 1qaz@wsx q1w2e3r4 zaq12wsx qwer1234 abc123456 a123456789 changeme
  qazwsxedc qwertyui zxcvbnm123 asdfghjk`.trim();

/**
 * Why this password is refused, in words for the operator; undefined if it is accepted.
 *
 * @param words names that an attacker knows as well: of the operator, and of the site
 */
export function passwordProblem(password: string, words: readonly string[]): string | undefined {
  if ([...password].length < minLength) return `use at least ${minLength} characters`;
  if (password.length > maxLength) return `use at most ${maxLength} characters`;
  if (guesses(password, words) < fewestGuesses) return "this password is too easy to guess";
  return undefined;
}

/** The names of this site: the labels of its host but the top-level domain, and the words of its apps' names. */
export function siteWords({ publicUrl, apps }: Pick<Settings, "publicUrl" | "apps">): string[] {
  const labels = publicUrl.hostname.split(".").slice(0, -1);
  const names = apps.flatMap(({ name }) => [name?.zh, name?.en]);
  return [...labels, ...names.flatMap((name) => name?.split(/\s+/) ?? [])].filter((word) => word.length > 2);
}

/** About how many passwords an attacker with a dictionary tries before this one. */
function guesses(password: string, words: readonly string[]): number {
  estimator ??= loadEstimator();
  return estimator.check(password, [...words]).guesses;
}

let estimator: ReturnType<typeof loadEstimator> | undefined;

/** Its dictionaries are large, and most processes never see a new password: they are loaded for the first one. */
function loadEstimator() {
  const { ZxcvbnFactory } = require("@zxcvbn-ts/core") as typeof import("@zxcvbn-ts/core");
  const common = require("@zxcvbn-ts/language-common") as typeof import("@zxcvbn-ts/language-common");
  return new ZxcvbnFactory({
    dictionary: { ...common.dictionary, guessedFirst: wordsGuessedFirst.split(/\s+/) },
    graphs: common.adjacencyGraphs,
  });
}
