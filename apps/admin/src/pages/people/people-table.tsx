import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Person } from "../../api/types.js";
import { Avatar, NameInList, useNameInList } from "../../components/person-name.js";
import { AppName } from "../../components/wechat-app.js";
import { useMayAct } from "../../shell/use-operator.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { RelativeTime } from "../../ui/time.js";
import { useColumnChoice } from "../../ui/use-column-choice.js";
import { useSelection } from "../../ui/use-selection.js";
import classes from "./people.module.css";
import { PeopleBulkBar } from "./people-bulk-bar.js";
import { PersonStatus } from "./person-status.js";

export function PeopleTable({ people, stale }: { people: readonly Person[]; stale: boolean }): ReactNode {
  const mayAct = useMayAct();
  const selection = useSelection(people.map(({ userId }) => userId));
  const t = useTranslations("people");
  const nameOf = useNameInList();
  const choice = useColumnChoice("people");
  const columns: Column<Person>[] = [
    { id: "person", header: t("person"), cell: (person) => <PersonCell person={person} /> },
    { id: "apps", header: t("apps"), phone: "aside", cell: (person) => <Apps person={person} /> },
    { id: "openid", header: "openid", onlyWide: true, cell: (person) => <FirstOpenid person={person} /> },
    { id: "unionid", header: "unionid", onlyWide: true, cell: (person) => <Unionid person={person} /> },
    {
      id: "lastSignIn",
      header: t("lastSignIn"),
      phone: "aside",
      cell: (person) => <RelativeTime at={person.lastSignInAt} />,
    },
    {
      id: "created",
      header: t("created"),
      onlyWide: true,
      cell: (person) => <RelativeTime at={person.createdAt} />,
    },
  ];
  return (
    <>
      {mayAct && <PeopleBulkBar selection={selection} />}
      <DataTable
        label={t("title")}
        columns={columns}
        choice={choice}
        rows={people}
        rowKey={(person) => person.userId}
        stale={stale}
        selection={
          mayAct
            ? {
                ...selection,
                nameOf: ({ userId, profile }) => nameOf({ userId, nickname: profile.nickname }),
              }
            : undefined
        }
      />
    </>
  );
}

function PersonCell({ person }: { person: Person }): ReactNode {
  const { profile } = person;
  return (
    <div className={classes.person}>
      <Avatar {...profile} />
      <RowLink from="/people" to="." search={(search) => ({ ...search, open: person.userId })}>
        <NameInList nickname={profile.nickname} userId={person.userId} />
      </RowLink>
      {person.status === "blocked" && <PersonStatus status="blocked" />}
    </div>
  );
}

function Apps({ person }: { person: Person }): ReactNode {
  return (
    <span className={classes.apps}>
      {person.bindings.map((binding) => (
        <span key={binding.id} className={classes.app}>
          <AppName appKey={binding.appKey} appId={binding.appId} />
        </span>
      ))}
    </span>
  );
}

function FirstOpenid({ person }: { person: Person }): ReactNode {
  const [first, ...others] = person.bindings;
  if (!first) return "–";
  return (
    <span className={classes.ids}>
      <CopyableId value={first.openid} label="openid" whole />
      {others.length > 0 && <span className={classes.more}>+{others.length}</span>}
    </span>
  );
}

function Unionid({ person }: { person: Person }): ReactNode {
  const unionid = person.bindings.find((binding) => binding.unionid !== null)?.unionid;
  return unionid ? <CopyableId value={unionid} label="unionid" /> : "–";
}
