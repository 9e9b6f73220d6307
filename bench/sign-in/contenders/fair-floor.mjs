// The same facts on this system's own tables, written by hand: the sign-in with its timeline, the person, the encrypted
// tokens, the session and what hosts are told, behind the same headers and with the same log lines. No limit, no
// repeated callback, no page; each sign-in is committed alone.
import { createCipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import Fastify from "fastify";
import { answersOf, authorizeUrl, listen, secretIn } from "../floor.mjs";
import { returnTo, secretKey, app as wechatApp } from "../site.mjs";

const hash = (text) => createHash("sha256").update(text).digest("base64url");
const secret = () => randomBytes(32).toString("base64url");
const key = createHash("sha256").update(secretKey).digest();
const { appId } = wechatApp;
const dayMs = 86_400_000;

let made = 0;
/** As long as a ULID, and in the order of time. */
const newId = () =>
  `${Date.now().toString(32).padStart(10, "0")}${(made++).toString(32).padStart(16, "0")}`.toUpperCase();

function encrypt(text, row) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(row));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `k.${nonce.toString("base64url")}.${sealed.toString("base64url")}`;
}

const headers = {
  "content-security-policy":
    "default-src 'none';script-src 'self';img-src 'self' data:;connect-src 'self';font-src 'self';object-src 'none';base-uri 'none';form-action 'self';frame-ancestors 'none';style-src 'self'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=31536000",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "permissions-policy": "camera=(), microphone=(), geolocation=()",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

function openDatabase(folder) {
  const db = new Database(join(folder, "fair-floor.sqlite"));
  for (const setting of ["journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"])
    db.pragma(setting);
  const migrations = fileURLToPath(new URL("../../../apps/api/migrations/sqlite", import.meta.url));
  const files = readdirSync(migrations).filter((name) => name.endsWith(".sql"));
  for (const name of files.sort()) db.exec(readFileSync(join(migrations, name), "utf8"));
  db.pragma("foreign_keys = ON");
  return db;
}

/** What is written, each function in one transaction. */
function writesOf(db) {
  const insertInto = (table, columns) =>
    db.prepare(`insert into ${table} (${columns}) values (${columns.replace(/[^,]+/g, "?")})`);
  const insertSignIn = insertInto(
    ...["sign_ins", "id,purpose,app_id,return_to,browser_hash,ip,user_agent,created_at,expires_at"],
  );
  const insertRequest = insertInto(
    ...["authorization_requests", "state_hash,sign_in_id,scope,created_at,expires_at"],
  );
  const insertEvent = insertInto("sign_in_events", "id,sign_in_id,at,kind,duration_ms,detail");
  const insertUser = insertInto("users", "id,created_at,last_sign_in_at");
  const insertUnion = insertInto("unions", '"group",unionid,user_id,created_at');
  const insertBinding = insertInto(
    "bindings",
    "id,app_id,openid,user_id,unionid,scope,nickname,nickname_folded,avatar_url,profile_at,created_at,last_sign_in_at",
  );
  const insertOutbox = insertInto("outbox", "id,type,at,user_id,data");
  const insertSession = insertInto(
    ...["sessions", "secret_hash,id,user_id,sign_in_id,created_at,last_seen_at,expires_at,ip,user_agent"],
  );
  const touchUser = db.prepare(
    "update users set last_sign_in_at = ? where id = ? and status = 'active' and merged_into is null",
  );
  const touchBinding = db.prepare("update bindings set last_sign_in_at = ? where id = ?");
  const putTokens = db.prepare(
    "insert into user_tokens (binding_id,app_id,access_token,refresh_token,scope,scope_rank,expires_at,refresh_expires_at,updated_at) values (?,?,?,?,?,2,?,?,?) on conflict (binding_id) do update set access_token = excluded.access_token, refresh_token = excluded.refresh_token, scope = excluded.scope, expires_at = excluded.expires_at, refresh_expires_at = excluded.refresh_expires_at, updated_at = excluded.updated_at",
  );
  const endRequest = db.prepare(
    "update authorization_requests set outcome = 'signed_in' where state_hash = ?",
  );
  const endSignIn = db.prepare(
    "update sign_ins set outcome = 'signed_in', outcome_at = ?, openid = ?, user_id = ?, browser_user_id = coalesce(browser_user_id, ?) where id = ?",
  );
  const makePerson = ({ openid, unionid, scope, profile, now }) => {
    const [userId, bindingId] = [newId(), newId()];
    insertUser.run(userId, now, now);
    insertUnion.run("shop", unionid, userId, now);
    const { nickname, headimgurl } = profile;
    insertBinding.run(
      ...[bindingId, appId, openid, userId, unionid, scope, nickname, nickname.toLowerCase(), headimgurl],
      ...[now, now, now],
    );
    insertOutbox.run(newId(), "user.created", now, userId, "{}");
    insertOutbox.run(newId(), "binding.created", now, userId, JSON.stringify({ bindingId, appId }));
    return { userId, bindingId };
  };

  return {
    start: db.transaction(({ signInId, stateHash, browserHash, ip, userAgent }) => {
      const now = Date.now();
      insertSignIn.run(
        ...[signInId, "sign_in", appId, returnTo, browserHash, ip, userAgent, now, now + 600_000],
      );
      insertRequest.run(stateHash, signInId, "snsapi_login", now, now + 600_000);
      insertEvent.run(newId(), signInId, now, "started", null, "snsapi_login");
    }).immediate,
    finish: db.transaction(
      ({ signInId, stateHash, known, answer, profile, events, session, ip, userAgent }) => {
        const now = Date.now();
        const { openid, unionid, scope } = answer;
        const { userId, bindingId } = known ?? makePerson({ openid, unionid, scope, profile, now });
        if (known) {
          touchBinding.run(now, bindingId);
          touchUser.run(now, userId);
        }
        insertSession.run(
          hash(session),
          newId(),
          userId,
          signInId,
          now,
          now,
          now + 90 * dayMs,
          ip,
          userAgent,
        );
        putTokens.run(
          ...[bindingId, appId, encrypt(answer.access_token, `access_token:${bindingId}`)],
          ...[encrypt(answer.refresh_token, `refresh_token:${bindingId}`), scope],
          ...[now + answer.expires_in * 1000, now + 30 * dayMs, now],
        );
        endRequest.run(stateHash);
        endSignIn.run(now, openid, userId, userId, signInId);
        if (!known) events.push(["user_created", null, null]);
        events.push(["signed_in", null, null]);
        for (const event of events) insertEvent.run(newId(), signInId, now, ...event);
        return userId;
      },
    ).immediate,
  };
}

export async function open({ wechatUrl, folder }) {
  const db = openDatabase(folder);
  const writes = writesOf(db);
  const findRequest = db.prepare(
    "select r.sign_in_id, s.browser_hash from authorization_requests r join sign_ins s on s.id = r.sign_in_id where r.state_hash = ?",
  );
  const claim = db
    .prepare(
      "update authorization_requests set claimed_at = ? where state_hash = ? and claimed_at is null returning expires_at",
    )
    .pluck();
  const findKnown = db.prepare(
    "select b.id as bindingId, b.user_id as userId, u.status from bindings b join users u on u.id = b.user_id where b.app_id = ? and b.openid = ?",
  );

  const { exchange, userinfo } = answersOf(wechatUrl);
  const app = Fastify({ trustProxy: 1 });
  app.addHook("onRequest", async (_request, reply) => {
    reply.headers(headers);
  });
  const log = (fields) =>
    process.stdout.write(`${JSON.stringify({ level: 30, time: new Date().toISOString(), ...fields })}\n`);
  app.addHook("onResponse", async (request, reply) => {
    const { method, id: reqId, ip } = request;
    const { url: route } = request.routeOptions;
    const ms = Math.round(reply.elapsedTime);
    log({ reqId, event: "request", method, route, status: reply.statusCode, ms, ip, msg: "request" });
  });

  app.get("/login/wechat", async (request, reply) => {
    const [signInId, state, browser] = [newId(), randomBytes(16).toString("hex"), secret()];
    const userAgent = request.headers["user-agent"];
    writes.start({
      ...{ signInId, stateHash: hash(state), browserHash: hash(browser), ip: request.ip, userAgent },
    });
    reply.header("set-cookie", [
      `__Host-browser=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000; Secure`,
      `__Host-browser_${signInId.slice(-6)}=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600; Secure`,
    ]);
    return reply.redirect(authorizeUrl(state));
  });
  app.get("/login/wechat/callback", async (request, reply) => {
    const { code, state } = request.query;
    const browser = secretIn(request, "__Host-browser");
    const [stateHash, browserHash] = [hash(state), hash(browser)];
    const found = findRequest.get(stateHash);
    const expiresAt = found?.browser_hash === browserHash ? claim.get(Date.now(), stateHash) : 0;
    if (!(expiresAt > Date.now())) return reply.code(400).send();
    const events = [["callback", null, null]];
    const startedAt = performance.now();
    const answer = await exchange(code);
    events.push(["exchanged", Math.round(performance.now() - startedAt), answer.scope]);
    const known = findKnown.get(appId, answer.openid);
    let profile;
    if (known === undefined) {
      const askedAt = performance.now();
      profile = await userinfo(answer);
      events.push(["userinfo", Math.round(performance.now() - askedAt), null]);
    } else if (known.status !== "active") return reply.code(403).send();
    const session = createHmac("sha256", key).update(`${stateHash}.${browser}`).digest("base64url");
    const signInId = found.sign_in_id;
    const { ip } = request;
    const userAgent = request.headers["user-agent"];
    const userId = writes.finish({
      ...{ signInId, stateHash, known, answer, profile, events, session, ip, userAgent },
    });
    log({
      reqId: request.id,
      event: "signed_in",
      signInId,
      userId,
      isNewUser: !known,
      msg: "a person signed in",
    });
    reply.header(
      "set-cookie",
      `__Host-session=${session}; Path=/; HttpOnly; SameSite=Lax; Max-Age=7776000; Secure`,
    );
    return reply.redirect(returnTo, 303);
  });
  return { url: await listen(app), start: { path: "/login/wechat" } };
}
