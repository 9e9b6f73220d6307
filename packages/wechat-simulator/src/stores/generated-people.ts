import { avatarPath } from "./avatar-path.js";
import type { Person } from "./person.js";

const FAMILY_NAMES = ["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙"];
const GIVEN_NAMES = [
  "安",
  "晨",
  "朵",
  "帆",
  "禾",
  "佳",
  "可",
  "蓝",
  "念",
  "青",
  "然",
  "舒",
  "桐",
  "溪",
  "夏",
  "越",
];

/** `crowd-0`, `crowd-17`, `crowd-999999`: an unlimited supply of people for load tests. */
export function isGeneratedId(id: string): boolean {
  return /^crowd-\d+$/.test(id);
}

/** The same number is the same person on every run. Two of three have a unionid, four of five an avatar. */
export function generatePerson(id: string): Person {
  // Nine digits are exact as a number. Longer ids still differ in their openid, which derives from the whole id.
  const number = Number(id.slice("crowd-".length).slice(-9));
  const family = FAMILY_NAMES[number % FAMILY_NAMES.length];
  const given = GIVEN_NAMES[Math.floor(number / FAMILY_NAMES.length) % GIVEN_NAMES.length];
  return {
    id,
    nickname: `${family}${given} ${number}`,
    headimgurl: number % 5 === 0 ? "" : avatarPath(id),
    unionid: number % 3 !== 0,
    follows: true,
    snapshot: false,
    highRisk: false,
  };
}
