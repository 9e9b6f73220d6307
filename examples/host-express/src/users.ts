import { randomBytes, randomUUID, scryptSync, timingSafeEqual } from "node:crypto";
import Database from "better-sqlite3";

export interface User {
  id: string;
  /** Null for one who came by WeChat. */
  mail: string | null;
  name: string;
  /** Their id at the login service; null until they connect WeChat. */
  wechatUserId: string | null;
  /** In one of the apps, once they signed in there: what WeChat's own interfaces take, such as payment. */
  openid: string | null;
}

/** The shop's own table of users, as it was before WeChat, with two columns more. */
export class Users {
  readonly #db: Database.Database;

  constructor(file: string) {
    this.#db = new Database(file);
    this.#db.exec(`
      create table if not exists users (
        id text primary key, mail text unique, name text not null, password text,
        wechatUserId text unique, openid text
      );
      create table if not exists sessions (secret text primary key, userId text not null);
      create table if not exists events (id text primary key, type text not null);
    `);
  }

  create(name: string, account?: { mail: string; password: string }): User {
    const user = { id: randomUUID(), mail: account?.mail ?? null, name };
    const password = account ? hashPassword(account.password) : null;
    this.#db
      .prepare("insert into users (id, mail, name, password) values (@id, @mail, @name, @password)")
      .run({ ...user, password });
    return { ...user, wechatUserId: null, openid: null };
  }

  find(id: string): User | undefined {
    return this.#one("id = ?", id);
  }

  findByWeChat(wechatUserId: string): User | undefined {
    return this.#one("wechatUserId = ?", wechatUserId);
  }

  isTaken(mail: string): boolean {
    return this.#one("mail = ?", mail) !== undefined;
  }

  findByPassword(mail: string, password: string): User | undefined {
    const row = this.#db.prepare("select id, password from users where mail = ?").get(mail) as
      | { id: string; password: string }
      | undefined;
    return row && isPassword(password, row.password) ? this.find(row.id) : undefined;
  }

  connect(id: string, wechatUserId: string, openid: string | null): void {
    this.#db
      .prepare("update users set wechatUserId = null, openid = null where wechatUserId = ?")
      .run(wechatUserId);
    this.#db
      .prepare("update users set wechatUserId = ?, openid = ? where id = ?")
      .run(wechatUserId, openid, id);
  }

  /** The person was erased there: what came from WeChat goes here, too. */
  disconnect(wechatUserId: string): void {
    this.#db
      .prepare("update users set wechatUserId = null, openid = null where wechatUserId = ?")
      .run(wechatUserId);
  }

  /** @returns the secret for the session's cookie */
  openSession(userId: string): string {
    const secret = randomBytes(32).toString("base64url");
    this.#db.prepare("insert into sessions (secret, userId) values (?, ?)").run(secret, userId);
    return secret;
  }

  endSession(secret: string): void {
    this.#db.prepare("delete from sessions where secret = ?").run(secret);
  }

  findBySession(secret: string): User | undefined {
    const row = this.#db.prepare("select userId from sessions where secret = ?").get(secret) as
      | { userId: string }
      | undefined;
    return row && this.find(row.userId);
  }

  /** @returns false for an event that is known: webhooks come at least once. */
  noteEvent(id: string, type: string): boolean {
    return (
      this.#db.prepare("insert or ignore into events (id, type) values (?, ?)").run(id, type).changes > 0
    );
  }

  events(): string[] {
    return this.#db.prepare("select type from events order by rowid").pluck().all() as string[];
  }

  #one(condition: string, value: string): User | undefined {
    const columns = "id, mail, name, wechatUserId, openid";
    return this.#db.prepare(`select ${columns} from users where ${condition}`).get(value) as User | undefined;
  }
}

function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return `${salt.toString("base64")}:${derive(password, salt).toString("base64")}`;
}

function isPassword(password: string, stored: string): boolean {
  const [salt = "", hash = ""] = stored.split(":").map((part) => Buffer.from(part, "base64"));
  return timingSafeEqual(derive(password, salt as Buffer), hash as Buffer);
}

const derive = (password: string, salt: Buffer): Buffer =>
  scryptSync(password, salt, 32, { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 2 ** 20 });
