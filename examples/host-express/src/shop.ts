import { randomBytes } from "node:crypto";
import express, { type Express, type Request, type Response } from "express";
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import { callLogin, type LoginService, LoginServiceError, type SignedIn } from "./login-service.js";
import { homePage, messagePage } from "./pages.js";
import { type User, Users } from "./users.js";

export interface ShopOptions {
  publicUrl: string;
  login: LoginService;
  /** Of the webhook that the login service calls; without it events are refused. */
  webhookSecret: string | undefined;
  /** A file of SQLite. */
  database: string;
}

/** Of the apps in WECHAT_APPS, the one whose openids this shop uses, such as for payment. */
const openidApp = "oa";

/** A shop that signed people in with mail and password, and now with WeChat as well. */
export function buildShop({ publicUrl, login, webhookSecret, database }: ShopOptions): Express {
  const users = new Users(database);
  const shop = express();
  const secure = publicUrl.startsWith("https:");
  const returnTo = `${publicUrl}/wechat/return`;
  const userOf = (request: Request) => users.findBySession(cookieOf(request, "session") ?? "");

  function signIn(response: Response, user: User): void {
    // SameSite=Lax: no page of another site can post one of these forms for a person.
    response.cookie("session", users.openSession(user.id), { httpOnly: true, sameSite: "lax", secure });
    response.redirect(303, "/");
  }

  /** In this browser only: a ticket that another browser brings is worth nothing without it. */
  function newNonce(response: Response): string {
    const nonce = randomBytes(24).toString("base64url");
    const options = {
      httpOnly: true,
      sameSite: "lax",
      secure,
      path: "/wechat/return",
      maxAge: 900_000,
    } as const;
    response.cookie("nonce", nonce, options);
    return nonce;
  }

  shop.get("/", (request, response) => {
    response.send(homePage(userOf(request), users.events()));
  });

  shop.use(express.urlencoded({ extended: false, limit: "10kb" }));

  shop.post("/register", (request, response) => {
    const { mail = "", password = "" } = request.body ?? {};
    if (!/^\S+@\S+$/.test(mail) || password.length < 12 || users.isTaken(mail)) {
      response.status(400).send(messagePage("A new mail address and a password of 12 characters, please."));
    } else signIn(response, users.create(mail.split("@")[0], { mail, password }));
  });

  shop.post("/sign-in", (request, response) => {
    const { mail = "", password = "" } = request.body ?? {};
    const user = users.findByPassword(mail, password);
    if (user) signIn(response, user);
    else response.status(401).send(messagePage("Mail address or password is wrong."));
  });

  shop.post("/sign-out", (request, response) => {
    users.endSession(cookieOf(request, "session") ?? "");
    response.clearCookie("session").redirect(303, "/");
  });

  shop.get("/wechat/sign-in", (_request, response) => {
    const query = { client: login.clientId, return_to: returnTo, nonce: newNonce(response) };
    response.redirect(`${login.url}/login/wechat?${new URLSearchParams(query)}`);
  });

  shop.post("/wechat/connect", async (request, response) => {
    const user = userOf(request);
    if (!user) return response.redirect(303, "/");
    const link = { externalId: user.id, label: user.mail ?? user.name, returnTo, nonce: newNonce(response) };
    const { url } = await callLogin<{ url: string }>(login, "POST", "/bind-links", link);
    return response.redirect(303, url);
  });

  shop.get("/wechat/return", async (request, response) => {
    const nonce = cookieOf(request, "nonce") ?? "";
    response.clearCookie("nonce", { path: "/wechat/return" });
    const ticket = String(request.query.ticket ?? "");
    if (nonce === "" || ticket === "") return response.redirect(303, "/");
    const person = await callLogin<SignedIn>(login, "POST", "/tickets/redeem", { ticket, nonce });
    const user =
      (person.externalId !== null && users.find(person.externalId)) || users.findByWeChat(person.userId);
    return signIn(response, await connected(user, person));
  });

  /** The user for a person; a new one is told to the login service by the shop's own id. */
  async function connected(known: User | undefined, { userId, profile, bindings }: SignedIn): Promise<User> {
    const user = known ?? users.create(profile?.nickname ?? "WeChat user");
    const { openid = null } = bindings.find(({ app }) => app === openidApp) ?? {};
    users.connect(user.id, userId, openid);
    const note = { externalId: user.id, replace: true };
    if (!known) await callLogin(login, "PUT", `/users/${userId}/external-id`, note);
    return user;
  }

  // The signature is over the bytes that were sent: read them before any parser does.
  shop.post("/webhook", express.raw({ type: "application/json", limit: "64kb" }), (request, response) => {
    if (!webhookSecret) return response.sendStatus(404);
    const event = new Webhook(webhookSecret).verify(request.body, request.headers as Record<string, string>);
    const { type, data } = event as { type: string; data: { userId: string } };
    const isNew = users.noteEvent(String(request.headers["webhook-id"]), type);
    if (isNew && type === "user.erased") users.disconnect(data.userId);
    return response.sendStatus(204);
  });

  shop.use((error: Error, _request: Request, response: Response, _next: unknown) => {
    if (error instanceof WebhookVerificationError) return response.sendStatus(401);
    console.error(error instanceof LoginServiceError ? `${error.code}: ${error.message}` : error);
    const message = "That did not work. Please try again.";
    return response.status(error instanceof LoginServiceError ? 400 : 500).send(messagePage(message));
  });

  return shop;
}

const cookieOf = ({ headers }: Request, name: string): string | undefined =>
  new RegExp(`(?:^|; )${name}=([\\w-]+)`).exec(headers.cookie ?? "")?.[1];
