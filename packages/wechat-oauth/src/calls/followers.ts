import type { Answer } from "../answer.js";
import type { Call } from "../caller.js";
import type { GlobalAccessToken } from "../token-families.js";
import { assertText } from "./arguments.js";
import { type Lang, unionidOf } from "./sns.js";

/**
 * What an Official Account can learn about a person: more if they follow it, but in neither case a nickname or an
 * avatar. WeChat removed both from here on 2021-12-27; use {@link UserInfo} with the person's own token.
 */
export type Follower = Subscriber | NonSubscriber;

/** A person who follows the account. */
export interface Subscriber {
  isSubscribed: true;
  openid: string;
  unionid?: string;
  /** When they last began to follow. */
  subscribedAt?: Date;
  /** How they found the account, such as `ADD_SCENE_QR_CODE`. WeChat adds new ones: expect any text. */
  subscribeScene?: string;
  /** The number, or the text, of the account's own QR code that they scanned. */
  qrScene?: number;
  qrSceneStr?: string;
  /** The remark that operators entered in WeChat's console; often "". */
  remark: string;
  tagIds: number[];
}

/** A person who does not follow the account, or no longer does: WeChat gives nothing more. */
export interface NonSubscriber {
  isSubscribed: false;
  openid: string;
  /** Not promised by WeChat for people who do not follow. */
  unionid?: string;
}

/** WeChat's maximum per request; beyond it WeChat answers errcode 40032. */
const maxOpenids = 100;

export function getFollower(
  accessToken: GlobalAccessToken,
  openid: string,
  lang: Lang | undefined,
): Call<Follower> {
  return {
    endpoint: "cgi-bin/user/info",
    query: { access_token: accessToken, openid, ...(lang !== undefined && { lang }) },
    sent: [accessToken],
    read: (answer) => {
      answer.assertOpenid(openid);
      return toFollower(answer, openid);
    },
    isRepeatable: true,
  };
}

export function listFollowers(
  accessToken: GlobalAccessToken,
  openids: readonly string[],
  lang: Lang | undefined,
): Call<Map<string, Follower>> {
  if (!Array.isArray(openids) || openids.length < 1 || openids.length > maxOpenids) {
    throw new TypeError(`openids must be 1 to ${maxOpenids}`);
  }
  for (const openid of openids) assertText("openid", openid);
  return {
    endpoint: "cgi-bin/user/info/batchget",
    query: { access_token: accessToken },
    body: { user_list: openids.map((openid) => ({ openid, ...(lang !== undefined && { lang }) })) },
    sent: [accessToken],
    read: (answer) => {
      // By openid, not by position: an unknown openid has been observed to shift all entries after it.
      const requested = new Set(openids);
      const followers = new Map<string, Follower>();
      for (const info of answer.parts("user_info_list")) {
        const openid = info.optionalText("openid");
        if (openid !== undefined && requested.has(openid)) followers.set(openid, toFollower(info, openid));
      }
      return followers;
    },
    isRepeatable: true,
  };
}

/**
 * { subscribe: 1, openid, unionid?, subscribe_time: unix seconds, subscribe_scene, qr_scene, qr_scene_str, remark,
 * groupid, tagid_list: [] }, or { subscribe: 0, openid, unionid?, tagid_list: [] }
 */
function toFollower(answer: Answer, openid: string): Follower {
  const subscribe = answer.count("subscribe");
  const common = { openid, ...unionidOf(answer) };
  if (subscribe === 0) return { isSubscribed: false, ...common };
  if (subscribe !== 1) throw answer.badShape("subscribe is neither 0 nor 1");
  // Fields that are not part of the identity may be missing: a bad remark must not fail a sign-in.
  const subscriber: Subscriber = {
    isSubscribed: true,
    ...common,
    remark: answer.optionalText("remark") ?? "",
    tagIds: answer.counts("tagid_list"),
  };
  const subscribedAt = answer.optionalTime("subscribe_time");
  if (subscribedAt !== undefined) subscriber.subscribedAt = subscribedAt;
  const scene = answer.optionalText("subscribe_scene");
  if (scene !== undefined) subscriber.subscribeScene = scene;
  const qrScene = answer.optionalCount("qr_scene");
  if (qrScene !== undefined) subscriber.qrScene = qrScene;
  const qrSceneStr = answer.optionalText("qr_scene_str");
  if (qrSceneStr !== undefined) subscriber.qrSceneStr = qrSceneStr;
  return subscriber;
}
