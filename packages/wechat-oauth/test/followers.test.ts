import { describe, expect, it } from "vitest";
import { clientAnswering, globalToken, openid, unionid } from "./fake-wechat.js";

const subscriber = {
  subscribe: 1,
  openid,
  language: "zh_CN",
  subscribe_time: 1_600_000_000,
  unionid,
  remark: "",
  groupid: 0,
  tagid_list: [128, 2],
  subscribe_scene: "ADD_SCENE_QR_CODE",
  qr_scene: 98765,
  qr_scene_str: "",
};
const nonSubscriber = { subscribe: 0, openid, tagid_list: [] };
const badShape = { name: "ResponseError", code: "BAD_SHAPE", httpStatus: 200 };

const getFollower = (reply: unknown) =>
  clientAnswering([reply]).client.getFollower({ accessToken: globalToken, openid });

describe("getFollower", () => {
  it("sends the account's token, and a language on request", async () => {
    const { client, requests } = clientAnswering([subscriber]);
    await client.getFollower({ accessToken: globalToken, openid });
    await client.getFollower({ accessToken: globalToken, openid, lang: "en" });
    const url = `https://api.weixin.qq.com/cgi-bin/user/info?access_token=${globalToken}&openid=${openid}`;
    expect(requests).toEqual([{ url }, { url: `${url}&lang=en` }]);
  });

  it("returns the fields that WeChat still gives: no nickname, avatar or language", async () => {
    expect(await getFollower(subscriber)).toStrictEqual({
      isSubscribed: true,
      openid,
      unionid,
      subscribedAt: new Date("2020-09-13T12:26:40Z"),
      subscribeScene: "ADD_SCENE_QR_CODE",
      qrScene: 98765,
      remark: "",
      tagIds: [128, 2],
    });
  });

  it("accepts numbers as text and missing fields that do not identify the person", async () => {
    const answer = { subscribe: "1", openid, subscribe_time: "1600000000", qr_scene_str: "desk" };
    expect(await getFollower(answer)).toStrictEqual({
      isSubscribed: true,
      openid,
      subscribedAt: new Date(1_600_000_000_000),
      qrSceneStr: "desk",
      remark: "",
      tagIds: [],
    });
  });

  it.each([0, "", "soon", -5, 9_007_199_254_740_991])(
    "returns no date if a Date cannot hold it: subscribe_time %j",
    async (subscribe_time) => {
      expect(await getFollower({ ...subscriber, subscribe_time })).not.toHaveProperty("subscribedAt");
    },
  );

  it("returns a person who does not follow, with or without a unionid", async () => {
    expect(await getFollower(nonSubscriber)).toEqual({ isSubscribed: false, openid });
    expect(await getFollower({ ...nonSubscriber, unionid })).toEqual({
      isSubscribed: false,
      openid,
      unionid,
    });
  });

  it.each([undefined, null, 2, -1, "yes", true])(
    "refuses an answer that does not say whether the person follows: %j",
    async (subscribe) => {
      await expect(getFollower({ ...subscriber, subscribe })).rejects.toMatchObject(badShape);
    },
  );

  it("refuses an answer about another person", async () => {
    const other = openid.toLowerCase();
    await expect(getFollower({ ...subscriber, openid: other })).rejects.toMatchObject(badShape);
  });
});

describe("listFollowers", () => {
  const bob = "oBobBobBobBobBobBobBobBobBob";
  const eve = "oEveEveEveEveEveEveEveEveEve";
  const listFollowers = (reply: unknown, openids = [openid, bob]) =>
    clientAnswering([reply]).client.listFollowers({ accessToken: globalToken, openids });

  it("sends all openids in one body and the token in the query", async () => {
    const { client, requests } = clientAnswering([{ user_info_list: [] }]);
    await client.listFollowers({ accessToken: globalToken, openids: [openid, bob], lang: "zh_TW" });
    const [request] = requests;
    expect(request).toMatchObject({
      url: `https://api.weixin.qq.com/cgi-bin/user/info/batchget?access_token=${globalToken}`,
      method: "POST",
      contentType: "application/json",
    });
    expect(JSON.parse(request?.body ?? "")).toEqual({
      user_list: [
        { openid, lang: "zh_TW" },
        { openid: bob, lang: "zh_TW" },
      ],
    });
  });

  it("returns the requested people by openid, in any order of the answer, and no other people", async () => {
    const followers = await listFollowers({
      user_info_list: [{ ...nonSubscriber, openid: eve }, { ...nonSubscriber, openid: bob }, subscriber],
    });
    expect([...followers.keys()].sort()).toEqual([openid, bob].sort());
    expect(followers.get(openid)).toMatchObject({ isSubscribed: true, openid });
    expect(followers.get(bob)).toEqual({ isSubscribed: false, openid: bob });
  });

  it("omits a person whom WeChat leaves out or describes invalidly, without a shift of the others", async () => {
    const followers = await listFollowers({
      user_info_list: [null, {}, { ...subscriber, openid: bob }],
    });
    expect([...followers]).toEqual([[bob, expect.objectContaining({ isSubscribed: true, openid: bob })]]);
  });

  it("refuses an answer without a list, or with an entry that does not say whether the person follows", async () => {
    await expect(listFollowers({})).rejects.toMatchObject(badShape);
    await expect(listFollowers({ user_info_list: {} })).rejects.toMatchObject(badShape);
    await expect(listFollowers({ user_info_list: [{ openid }] })).rejects.toMatchObject(badShape);
  });

  it("takes 100 openids", async () => {
    const { client, requests } = clientAnswering([{ user_info_list: [] }]);
    const openids = Array.from({ length: 100 }, (_, index) => `o${index}`);
    expect(await client.listFollowers({ accessToken: globalToken, openids })).toEqual(new Map());
    expect(requests.map(({ body }) => body)).toEqual([
      JSON.stringify({ user_list: openids.map((openid) => ({ openid })) }),
    ]);
  });

  it.each([0, 101])("refuses %i openids, because WeChat takes 1 to 100", async (length) => {
    const { client, requests } = clientAnswering([{ user_info_list: [] }]);
    const openids = Array.from({ length }, (_, index) => `o${index}`);
    await expect(client.listFollowers({ accessToken: globalToken, openids })).rejects.toThrow(TypeError);
    expect(requests).toEqual([]);
  });
});
