import type { FastifyReply, FastifyRequest } from "fastify";
import type { Language } from "../protocol/text.js";

/** This browser's choices, kept in cookies on the simulator's own origin. */
export interface BrowserPreferences {
  /** The person whose phone this browser is. */
  personId: string | undefined;
  /** Simulator only: treat this browser as WeChat's. */
  actsAsWeChat: boolean;
  language: Language;
}

const COOKIES = {
  person: "simulator_person",
  wechat: "simulator_wechat",
  language: "simulator_language",
} as const;

const OPTIONS = { path: "/", httpOnly: true, sameSite: "lax", maxAge: 30 * 24 * 3600 } as const;

export function readPreferences(request: FastifyRequest): BrowserPreferences {
  const cookies = request.cookies;
  const language = cookies[COOKIES.language];
  return {
    personId: cookies[COOKIES.person],
    actsAsWeChat: cookies[COOKIES.wechat] === "1",
    language: language === "en" || language === "zh" ? language : acceptedLanguage(request),
  };
}

/** WeChat's browser, or one that acts as it. */
export function isInWeChat(request: FastifyRequest): boolean {
  return isWeChat(request.headers["user-agent"] ?? "") || readPreferences(request).actsAsWeChat;
}

export function isInDesktopWeChat(request: FastifyRequest): boolean {
  return /(?:Windows|Mac)Wechat/i.test(request.headers["user-agent"] ?? "");
}

export function rememberPerson(reply: FastifyReply, personId: string): void {
  reply.setCookie(COOKIES.person, personId, OPTIONS);
}

export function rememberActsAsWeChat(reply: FastifyReply, actsAsWeChat: boolean): void {
  if (actsAsWeChat) reply.setCookie(COOKIES.wechat, "1", OPTIONS);
  else reply.clearCookie(COOKIES.wechat);
}

export function rememberLanguage(reply: FastifyReply, language: Language): void {
  reply.setCookie(COOKIES.language, language, OPTIONS);
}

/** The browser's first language that the simulator supports. Browsers list languages by preference. */
function acceptedLanguage(request: FastifyRequest): Language {
  const wanted = (request.headers["accept-language"] ?? "").toLowerCase().match(/\b(?:zh|en)\b/);
  return wanted?.[0] === "zh" ? "zh" : "en";
}

/**
 * Whether this is WeChat's own browser: on a phone, on a desktop or in the developer tools.
 *
 * WeCom (企业微信) also sends MicroMessenger and is not WeChat, so it is excluded first. "Windows Phone" proves nothing.
 */
function isWeChat(userAgent: string): boolean {
  if (/wxwork\//i.test(userAgent)) return false;
  return /MicroMessenger\//i.test(userAgent);
}
