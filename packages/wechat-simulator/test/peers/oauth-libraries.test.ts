import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoOfficialAccount, demoWebsite } from "../../src/index.js";
import { CALLBACK, codeOf, type Tokens } from "../phone.js";
import { openLink, type Peer, type RealNames, startRealNames } from "./peer.js";

// Two related libraries: the older one uses callbacks and urllib, the newer one promises and httpx.
describe.each(["co-wechat-oauth", "wechat-oauth"])(
  "the unmodified npm package %s",
  { timeout: 60_000 },
  (client) => {
    let wechat: RealNames;
    let oauth: Peer;
    beforeAll(async () => {
      wechat = await startRealNames();
      oauth = await wechat.startPeer(client, demoOfficialAccount);
    }, 60_000);
    afterAll(() => wechat.close());
    beforeEach(() => wechat.simulator.reset());

    async function code({
      person = "alice",
      state = "abc123",
      scope = "snsapi_userinfo",
    } = {}): Promise<string> {
      const link = (await oauth.call("link", CALLBACK, state, scope)) as string;
      return codeOf(await openLink(wechat.simulator, link, person));
    }

    it("signs a person in with WeChat's parameter order and fragment", async () => {
      const link = (await oauth.call("link", CALLBACK, "abc123", "snsapi_userinfo")) as string;
      expect(link).toMatch(
        /\?appid=[^&]+&redirect_uri=[^&]+&response_type=code&scope=[^&]+&state=abc123#wechat_redirect$/,
      );
      const answer = await openLink(wechat.simulator, link);
      expect(answer.headers.get("location")).toMatch(/\?code=\w{32}&state=abc123$/);
      const alice = wechat.simulator.person("alice", demoOfficialAccount.appId);
      expect(await oauth.call("userByCode", codeOf(answer))).toMatchObject(alice);
    });

    it("refreshes and checks a token", async () => {
      const { refresh_token, openid } = (await oauth.call("token", await code())) as Tokens;
      const { access_token } = (await oauth.call("refresh", refresh_token)) as Tokens;
      expect(await oauth.call("verify", openid, access_token)).toMatchObject({ errcode: 0 });
      await expect(oauth.call("refresh", "nothing of ours")).rejects.toMatchObject({ code: 40030 });
    });

    it("opens the QR page of a website app", async () => {
      const website = await wechat.startPeer(client, demoWebsite);
      const link = (await website.call("websiteLink", CALLBACK, "abc123")) as string;
      const user = await website.call("userByCode", codeOf(await openLink(wechat.simulator, link)));
      expect(user).toMatchObject(wechat.simulator.person("alice", demoWebsite.appId));
    });

    it("leaves state empty by default, for which WeChat shows page error 10013", async () => {
      const link = (await oauth.call("link", CALLBACK)) as string;
      expect(link).toContain("&state=#");
      const answer = await openLink(wechat.simulator, link);
      expect(answer.headers.get("location")).toBeNull();
      expect(await answer.text()).toContain("10013");
    });

    it("requests snsapi_base by default, for which WeChat refuses the profile with 48001", async () => {
      const link = (await oauth.call("link", CALLBACK, "abc123")) as string;
      const refused = oauth.call("userByCode", codeOf(await openLink(wechat.simulator, link)));
      await expect(refused).rejects.toMatchObject({ code: 48001 });
    });

    it("exchanges a code again if called again, to which WeChat answers 40163", async () => {
      const once = await code();
      await oauth.call("token", once);
      await expect(oauth.call("token", once)).rejects.toMatchObject({ code: 40163 });
    });

    it("exchanges a code after six minutes, to which WeChat answers 40029", async () => {
      const late = await code();
      wechat.simulator.advance(360);
      await expect(oauth.call("token", late)).rejects.toMatchObject({ code: 40029 });
    });

    it("returns a snapshot's virtual identity like any other, because getUserByCode drops the flag in the token response", async () => {
      const token = (await oauth.call("token", await code({ person: "snapshot" }))) as Tokens;
      expect(token.is_snapshotuser).toBe(1);
      const user = (await oauth.call("userByCode", await code({ person: "snapshot" }))) as Record<
        string,
        unknown
      >;
      expect(user.openid).not.toBe(wechat.simulator.person("snapshot", demoOfficialAccount.appId).openid);
      expect(user).not.toHaveProperty("is_snapshotuser");
    });

    it("cannot parse a nickname with a control character, which WeChat sends raw", async () => {
      const refused = oauth.call("userByCode", await code({ person: "control" }));
      await expect(refused).rejects.toMatchObject({
        message: expect.stringMatching(/control character|JSON/),
      });
    });
  },
);
