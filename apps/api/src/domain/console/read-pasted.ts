import { isIP } from "node:net";
import { isId } from "../ids.js";
import { readRequestNumber } from "../request-number.js";

/** What stands inside a pasted text, the most telling first: a chat message, an address or an errmsg has more around it. */
export interface Pasted {
  /** The number of a failure page, or an id of ours. */
  number?: NonNullable<ReturnType<typeof readRequestNumber>> & { text: string };
  /** WeChat's id of one request. */
  rid?: string;
  ip?: string;
  /** What may be an openid or a unionid: neither has a form of its own. */
  tokens: string[];
  /** Numbers, of which one may be an errcode. */
  codes: string[];
  /** The end of a number, as a person reads it out. */
  tail?: string;
}

/** How much of a number's end is enough to look for it. */
const [shortestTail, longestTail] = [6, 8];

/** Our numbers have no I, L, O: Crockford's base 32 reads them as the digits that they look like. */
const readAloud = (text: string): string => text.toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0");

export function readPasted(text: string): Pasted {
  const words = text.match(/[\w-]+/g) ?? [];
  const rid = /(?<![\w-])[0-9a-f]{8}(?:-[0-9a-f]{8}){2}(?![\w-])/i.exec(text)?.[0].toLowerCase();
  const ip = isIP(text) ? text : (text.match(/(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])/g) ?? []).find(isIP);
  const number = words.map(asNumber).find((found) => found !== undefined);
  const tail = readAloud(text);
  return {
    ...(number ? { number } : {}),
    ...(rid === undefined ? {} : { rid }),
    ...(ip === undefined ? {} : { ip }),
    tokens: words.filter((word) => /^[\w-]{20,64}$/.test(word)).slice(0, 3),
    codes: text.match(/(?<![\w.-])-?\d{1,8}(?![\w.-])/g) ?? [],
    ...(tail.length >= shortestTail && tail.length <= longestTail && /^[0-9A-HJKMNP-TV-Z]+$/.test(tail)
      ? { tail }
      : {}),
  };
}

/** The letter after a number is kept as it is: it stands for a page, and C, E, U, T, N, S, B are none of those digits. */
function asNumber(word: string): Pasted["number"] {
  const text = `${readAloud(word.slice(0, 26))}${word.slice(26).toUpperCase()}`;
  const number = isId(text.slice(0, 26)) ? readRequestNumber(text) : undefined;
  return number && { ...number, text };
}
