import type { FastifyRequest } from "fastify";
import { type ApiAnswer, refuse } from "../routes/api-answer.js";
import { queryParameters, readBody } from "../routes/api-request.js";
import type { SimulatedApp } from "../stores/apps.js";
import type { Person } from "../stores/person.js";
import type { Store } from "../stores/store.js";
import { findOfficialAccount } from "./account.js";

const MAX_BATCH_SIZE = 100;

/**
 * GET /cgi-bin/user/info?access_token&openid&lang
 * → { subscribe: 1, openid, language, subscribe_time, unionid?, remark, groupid, tagid_list, subscribe_scene, qr_scene, qr_scene_str }
 * → { subscribe: 0, openid, tagid_list: [] } for a non-follower; no errcode in either
 *
 * Since 2021-12-27 it contains no nickname and no avatar.
 */
export function getUserInfo(store: Store, request: FastifyRequest): ApiAnswer {
  const { access_token, openid } = queryParameters(request);
  const app = findOfficialAccount(store, access_token, "user_info");
  if ("errcode" in app) return app;
  if (!openid) return refuse(41009, "openid is missing", "缺少 openid");
  const person = store.people.findByOpenid(openid, app);
  if (!person) return refuse(40003, "no person has this openid in this account", "该公众号中没有这个 openid");
  return { personId: person.id, fields: describe(store, app, person) };
}

/** POST /cgi-bin/user/info/batchget?access_token { user_list: [{ openid, lang }] } → { user_info_list: [as above] } */
export function batchGetUserInfo(store: Store, request: FastifyRequest): ApiAnswer {
  const app = findOfficialAccount(store, queryParameters(request).access_token, "user_info_batchget");
  if ("errcode" in app) return app;
  const read = readBody(request);
  if ("errcode" in read) return read;
  const list: unknown = read.body.user_list;
  if (!Array.isArray(list)) return refuse(47001, "user_list is not a list", "user_list 不是列表");
  if (list.length === 0 || list.length > MAX_BATCH_SIZE) {
    return refuse(40032, "user_list must name 1 to 100 people", "user_list 须有 1 至 100 人");
  }
  const people = list.map((item: unknown) => {
    const openid = (item as { openid?: unknown } | null)?.openid;
    return typeof openid === "string" ? store.people.findByOpenid(openid, app) : undefined;
  });
  const known = people.filter((person) => person !== undefined);
  if (known.length < people.length && store.settings.batchgetUnknown === "refused") {
    return refuse(40003, "user_list contains an unknown openid", "user_list 中有不存在的 openid");
  }
  return { fields: { user_info_list: known.map((person) => describe(store, app, person)) } };
}

function describe(store: Store, app: SimulatedApp, person: Person): Record<string, unknown> {
  const { openid, unionid } = store.people.identify(person, app);
  const since = store.followers.since(person, app);
  if (since === undefined) {
    const visibleUnionid = store.settings.nonFollowerUnionid ? unionid : undefined;
    return { subscribe: 0, openid, unionid: visibleUnionid, tagid_list: [] };
  }
  return {
    subscribe: 1,
    openid,
    language: "zh_CN",
    subscribe_time: since,
    unionid,
    remark: "",
    groupid: 0,
    tagid_list: [],
    subscribe_scene: "ADD_SCENE_QR_CODE",
    qr_scene: 0,
    qr_scene_str: "",
  };
}
