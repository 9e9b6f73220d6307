import type { Columns } from "../columns.js";

export type HandOutKind = "access_token" | "js_sdk_signature";

/** Host applications, their keys, and what they were given. */
export function hostTables(c: Columns) {
  /** A host application: a site with users of its own. */
  const hostClients = c.table("host_clients", {
    /** A name of lower-case letters, digits, - and _, such as `shop`: it is in links. */
    id: c.text("id").primaryKey(),
    /** Shown to people on the page of a bind link. */
    name: c.text("name").notNull(),
    /** JSON list of origins, such as https://shop.example. */
    origins: c.text("origins").notNull(),
    /** JSON list of paths at these origins to which a ticket may be sent. */
    redirectPaths: c.text("redirect_paths").notNull(),
    createdAt: c.time("created_at").notNull(),
    /** Since then its keys, links and tickets are refused. */
    disabledAt: c.time("disabled_at"),
  });

  const apiKeys = c.table(
    "api_keys",
    {
      id: c.text("id").primaryKey(),
      clientId: c
        .text("client_id")
        .notNull()
        .references(() => hostClients.id, { onDelete: "cascade" }),
      /** The key itself is shown once and not stored. */
      keyHash: c.text("key_hash").notNull(),
      /** Its last four characters, by which people tell two keys apart. */
      hint: c.text("hint").notNull(),
      /** JSON list. */
      scopes: c.text("scopes").notNull(),
      /** JSON list of the networks it may be used from; empty: from anywhere. */
      cidrs: c.text("cidrs").notNull(),
      createdAt: c.time("created_at").notNull(),
      lastUsedAt: c.time("last_used_at"),
      revokedAt: c.time("revoked_at"),
    },
    (t) => [c.uniqueIndex("api_keys_hash").on(t.keyHash), c.index("api_keys_client").on(t.clientId)],
  );

  /** What a browser carries back to a host, whose server redeems it once. */
  const tickets = c.table(
    "tickets",
    {
      ticketHash: c.text("ticket_hash").primaryKey(),
      clientId: c.text("client_id").notNull(),
      nonceHash: c.text("nonce_hash").notNull(),
      userId: c.text("user_id").notNull(),
      signInId: c.text("sign_in_id").notNull(),
      /** Whether this sign-in made the user: 0 or 1. */
      isNew: c.integer("is_new").notNull(),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      redeemedAt: c.time("redeemed_at"),
    },
    (t) => [c.index("tickets_user").on(t.userId), c.index("tickets_expires").on(t.expiresAt)],
  );

  /** By which a host's user connects WeChat, once. */
  const bindLinks = c.table(
    "bind_links",
    {
      id: c.text("id").primaryKey(),
      secretHash: c.text("secret_hash").notNull(),
      clientId: c.text("client_id").notNull(),
      externalId: c.text("external_id").notNull(),
      /** How the host's page calls its user, such as a masked mail address: shown to the person. */
      label: c.text("label").notNull(),
      returnTo: c.text("return_to").notNull(),
      nonceHash: c.text("nonce_hash").notNull(),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      /** When it ended: it was used, or the host or the person was told that its time is over. */
      usedAt: c.time("used_at"),
      /** Who used it. */
      userId: c.text("user_id"),
    },
    (t) => [
      c.uniqueIndex("bind_links_secret").on(t.secretHash),
      c.index("bind_links_expires").on(t.expiresAt),
      c.index("bind_links_user").on(t.userId),
    ],
  );

  /** What a request with an Idempotency-Key made, so that the same request makes it once. */
  const idempotencyKeys = c.table(
    "idempotency_keys",
    {
      clientId: c.text("client_id").notNull(),
      key: c.text("key").notNull(),
      /** Hash of operation, path and body: another request with this key is refused. */
      requestHash: c.text("request_hash").notNull(),
      createdAt: c.time("created_at").notNull(),
      expiresAt: c.time("expires_at").notNull(),
      /** Null while the first request is under way. */
      status: c.integer("status"),
      /** The answer without its secrets, as JSON. */
      answer: c.text("answer"),
      /** Whom the answer names, so that an erasure finds it. */
      userId: c.text("user_id"),
    },
    (t) => [
      c.primaryKey({ columns: [t.clientId, t.key] }),
      c.index("idempotency_keys_expires").on(t.expiresAt),
      c.index("idempotency_keys_user").on(t.userId),
    ],
  );

  /** How often a host was given the global token of an app, or a signature made from its ticket. */
  const handOuts = c.table(
    "hand_outs",
    {
      appId: c.text("app_id").notNull(),
      kind: c.text("kind").$type<HandOutKind>().notNull(),
      clientId: c.text("client_id").notNull(),
      /** Unix day: epoch milliseconds divided by 86,400,000. */
      day: c.integer("day").notNull(),
      count: c.integer("count").notNull(),
      lastAt: c.time("last_at").notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.appId, t.kind, t.clientId, t.day] })],
  );

  return {
    hostClients,
    apiKeys,
    tickets,
    bindLinks,
    idempotencyKeys,
    handOuts,
  };
}

export type HostTables = ReturnType<typeof hostTables>;
