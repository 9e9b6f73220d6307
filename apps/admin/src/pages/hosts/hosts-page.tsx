import { Button } from "@mantine/core";
import { IconApps, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { useIsOwner } from "../../shell/use-operator.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { ListResult } from "../../ui/list-result.js";
import { Notice } from "../../ui/notice.js";
import { PageHeader, RefreshButton } from "../../ui/page-header.js";
import { HostForm } from "./host-form.js";
import { HostsTable } from "./hosts-table.js";

/** There are as few as a company has sites, so the list has no pages and no filters. */
const wholeList = { activeFilter: null, onClearFilters: () => {} };

export function HostsPage(): ReactNode {
  const t = useTranslations("hosts");
  const isOwner = useIsOwner();
  const navigate = useNavigate();
  const [isAsked, setIsAsked] = useState(false);
  const close = () => setIsAsked(false);
  const hosts = useQuery(trpc.hosts.list.queryOptions());
  return (
    <>
      <PageHeader title={t("title")} description={t("description")}>
        {isOwner && (
          <Button size="sm" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setIsAsked(true)}>
            {t("add")}
          </Button>
        )}
        <RefreshButton busy={hosts.isFetching} onRefresh={() => void hosts.refetch()} />
      </PageHeader>
      <ListResult
        query={hosts}
        list={wholeList}
        emptyState={<Notice icon={IconApps} title={t("empty")} body={t("emptyReason")} />}
      >
        {({ items }) => <HostsTable hosts={items} />}
      </ListResult>
      <ModalDialog opened={isAsked} onClose={close} title={t("addTitle")}>
        <HostForm onClose={close} onSaved={(id) => void navigate({ to: "/hosts/$id", params: { id } })} />
      </ModalDialog>
    </>
  );
}
