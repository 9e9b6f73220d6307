// The least that a correct callback can do: a state that is spent once and belongs to one browser, a person by openid, a
// session. Nothing is logged, encrypted or kept of how it went.
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import Database from "better-sqlite3";
import Fastify from "fastify";
import { answersOf, authorizeUrl, listen, secretIn } from "../floor.mjs";
import { returnTo } from "../site.mjs";

const hash = (text) => createHash("sha256").update(text).digest("base64url");
const secret = () => randomBytes(32).toString("base64url");

export async function open({ wechatUrl, folder }) {
  const db = new Database(join(folder, "raw-floor.sqlite"));
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.exec(`
    create table states (hash text primary key, browser text not null, expires_at integer not null) without rowid;
    create table people (id integer primary key, openid text not null unique, unionid text, nickname text, avatar text);
    create table sessions (hash text primary key, person integer not null, expires_at integer not null) without rowid;
  `);
  const insertState = db.prepare("insert into states values (?, ?, ?)");
  const spendState = db.prepare(
    "delete from states where hash = ? and browser = ? and expires_at > ? returning 1",
  );
  const findPerson = db.prepare("select id from people where openid = ?").pluck();
  const insertPerson = db
    .prepare(
      "insert into people (openid, unionid, nickname, avatar) values (?, ?, ?, ?) on conflict (openid) do update set openid = openid returning id",
    )
    .pluck();
  const insertSession = db.prepare("insert into sessions values (?, ?, ?)");
  const open = db.transaction((openid, profile) => {
    const person =
      findPerson.get(openid) ??
      insertPerson.get(openid, profile.unionid, profile.nickname, profile.headimgurl);
    const session = secret();
    insertSession.run(hash(session), person, Date.now() + 86_400_000);
    return session;
  });

  const { exchange, userinfo } = answersOf(wechatUrl);
  const app = Fastify();
  app.get("/login/wechat", async (_request, reply) => {
    const [state, browser] = [randomBytes(16).toString("hex"), secret()];
    insertState.run(hash(state), hash(browser), Date.now() + 600_000);
    reply.header("set-cookie", `browser=${browser}; Path=/; HttpOnly; Secure; SameSite=Lax`);
    return reply.redirect(authorizeUrl(state));
  });
  app.get("/login/wechat/callback", async (request, reply) => {
    const { code, state } = request.query;
    const browser = secretIn(request, "browser");
    if (!spendState.get(hash(state), hash(browser), Date.now())) return reply.code(400).send();
    const tokens = await exchange(code);
    const isKnown = findPerson.get(tokens.openid) !== undefined;
    const session = open(tokens.openid, isKnown ? undefined : await userinfo(tokens));
    reply.header("set-cookie", `session=${session}; Path=/; HttpOnly; Secure; SameSite=Lax`);
    return reply.redirect(returnTo, 303);
  });
  return { url: await listen(app), start: { path: "/login/wechat" } };
}
