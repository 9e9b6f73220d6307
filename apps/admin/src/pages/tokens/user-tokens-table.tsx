import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { UserToken } from "../../api/types.js";
import { NameInList, useNameInList } from "../../components/person-name.js";
import { Scope } from "../../components/scope.js";
import { AppName } from "../../components/wechat-app.js";
import { useMayAct } from "../../shell/use-operator.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { type Column, DataTable, RowLink } from "../../ui/data-table.js";
import { RelativeTime } from "../../ui/time.js";
import { useColumnChoice } from "../../ui/use-column-choice.js";
import { useSelection } from "../../ui/use-selection.js";
import { UserTokenState } from "./token-states.js";
import { UserTokensBulkBar } from "./user-tokens-bulk-bar.js";

export function UserTokensTable({
  tokens,
  stale,
}: {
  tokens: readonly UserToken[];
  stale: boolean;
}): ReactNode {
  const t = useTranslations("tokens");
  const people = useTranslations("people");
  const mayAct = useMayAct();
  const selection = useSelection(tokens.map(({ bindingId }) => bindingId));
  const nameOf = useNameInList();
  const choice = useColumnChoice("user-tokens");
  const columns: Column<UserToken>[] = [
    {
      id: "person",
      header: people("person"),
      grow: true,
      cell: (token) => (
        <RowLink
          from="/tokens"
          to="."
          search={(search) => ({ ...search, open: token.bindingId, app: undefined })}
        >
          <NameInList nickname={token.nickname} userId={token.userId} />
        </RowLink>
      ),
    },
    {
      id: "openid",
      header: "openid",
      onlyWide: true,
      cell: (token) => <CopyableId value={token.openid} label="openid" />,
    },
    {
      id: "app",
      header: people("app"),
      cell: (token) => <AppName appKey={token.appKey} appId={token.appId} />,
    },
    { id: "scope", header: "scope", onlyWide: true, cell: (token) => <Scope scope={token.scope} /> },
    {
      id: "state",
      header: t("state"),
      phone: "aside",
      cell: (token) => <UserTokenState state={token.state} />,
    },
    { id: "access", header: t("accessExpires"), cell: (token) => <RelativeTime at={token.expiresAt} /> },
    {
      id: "refresh",
      header: t("refreshExpires"),
      cell: (token) =>
        token.refreshExpiresAt === null ? t("noRefreshToken") : <RelativeTime at={token.refreshExpiresAt} />,
    },
    {
      id: "updated",
      header: t("updatedAt"),
      onlyWide: true,
      cell: (token) => <RelativeTime at={token.updatedAt} />,
    },
  ];
  return (
    <>
      {mayAct && <UserTokensBulkBar selection={selection} />}
      <DataTable
        label={t("userTokens")}
        columns={columns}
        choice={choice}
        rows={tokens}
        rowKey={(token) => token.bindingId}
        stale={stale}
        selection={mayAct ? { ...selection, nameOf } : undefined}
      />
    </>
  );
}
