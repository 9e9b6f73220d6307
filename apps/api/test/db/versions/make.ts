import { writeFileSync } from "node:fs";
import { getTableColumns, getTableName } from "drizzle-orm";
import { sqliteTables } from "../../../src/db/schema.sqlite.js";
import { openSqlite } from "../../../src/db/sqlite.js";
import { newId } from "../../../src/domain/ids.js";
import { createOperatorLink } from "../../../src/domain/operators/links.js";
import { refreshAppToken } from "../../../src/domain/tokens/app-tokens.js";
import { userAgents } from "../../support/browser.js";
import { codeAt } from "../../support/factors.js";
import { accounts, Console, makeOperator } from "../../support/operator.js";
import { rowsOf } from "../../support/rows.js";
import { userOf } from "../../support/sign-ins.js";
import { startSystem } from "../../support/system.js";
import type { VersionData } from "./version-data.js";

// Writes the rows that this version stores after some typical use, for migrations.test.ts:
//   pnpm --filter api exec tsx --conditions=dev-source test/db/versions/make.ts init
// Run it after adding a migration, and commit the file. Engines number a migration differently but share its name.

const [name] = process.argv.slice(2);
if (!name) throw new Error("give the name of the newest migration, without its number");

const db = await openSqlite(":memory:");
const system = await startSystem({ db });
const { app, simulator, officialAccount, settings } = system;

// A person on a phone and a desktop, others on one device, one whose code fails, and one who never returns.
const alice = system.browser({ person: "alice" });
await alice.signIn();
const aliceOnDesktop = system.browser({ person: "alice", userAgent: userAgents.desktop });
await aliceOnDesktop.signIn();
await system.browser({ person: "emoji" }).signIn();
await system.browser({ person: "longname", userAgent: userAgents.desktop }).signIn();
const hurried = system.browser({ person: "crowd-1" });
const callback = await hurried.callbackUrl();
simulator.fail("access_token", { kind: "errcode", errcode: 40163 }, 1);
await hurried.visit(callback);
await system.browser({ person: "crowd-2" }).callbackUrl();
// One person who is two users, and a unionid that reveals it.
const onPhone = system.browser({ person: "noavatar" });
const onDesktop = system.browser({ person: "noavatar", userAgent: userAgents.desktop });
for (const device of [onPhone, onDesktop]) await device.signIn();
simulator.updatePerson("noavatar", { unionid: true });
await onDesktop.signIn("/login/wechat?tap=1");
const [userId, otherUserId] = [(await userOf(onPhone)) ?? "", (await userOf(onDesktop)) ?? ""];
await db.consoleQuery((orm, { identityConflicts }) =>
  orm
    .insert(identityConflicts)
    .values({
      id: newId(new Date()),
      group: "demo",
      unionid: "one",
      userId,
      otherUserId,
      createdAt: new Date(),
    })
    .returning(),
);
const console = await makeOperator(system, "owner");
await console.mutate("operators.setFactorPolicy", { policy: "optional" });
// An operator with a second factor, and a browser of theirs that is asked for it.
const vera = await makeOperator(system, "viewer");
const { password } = accounts.viewer;
const totp = await vera.mutate<{ key: string }>("secondFactor.startTotp", { password });
const code = codeAt(totp.data?.key ?? "", app.deps.now());
await vera.mutate("secondFactor.confirmTotp", { code, name: "phone" });
await new Console(system).signIn(accounts.viewer);
await createOperatorLink(app.deps, "viewer");
const account = settings.apps.find(({ appId }) => appId === officialAccount.appId);
if (account) await refreshAppToken(app.deps, { appId: account.appId, kind: "access_token" }, "olga");
await app.deps.callCounts.flush(db);

const rows: VersionData["rows"] = {};
for (const [name, table] of Object.entries(sqliteTables) as [keyof typeof sqliteTables, never][]) {
  const columns = Object.entries(getTableColumns<(typeof sqliteTables)["users"]>(table));
  rows[getTableName(table)] = (await rowsOf(db, name)).map((row) =>
    Object.fromEntries(
      columns.map(([property, column]) => [column.name, (row as Record<string, unknown>)[property] as never]),
    ),
  );
}
const data: VersionData = {
  at: new Date().toISOString(),
  session: alice.session ?? "",
  operatorSession: console.session,
  userId: (await userOf(alice)) ?? "",
  rows,
};
writeFileSync(new URL(`${name}.json`, import.meta.url), `${JSON.stringify(data, null, 1)}\n`);
await system.close();
await db.close();
