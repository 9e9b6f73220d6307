import { IconBan, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { Conflict } from "../../api/types.js";
import { useMayAct } from "../../shell/use-operator.js";
import { Callout } from "../../ui/callout.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { PageHeader } from "../../ui/page-header.js";
import { Panel } from "../../ui/panel.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { ExactTime } from "../../ui/time.js";
import { ConflictActs } from "./conflict-acts.js";
import { ConflictSide } from "./conflict-side.js";
import { ConflictState } from "./conflict-state.js";
import classes from "./conflicts.module.css";
import { MergeButton } from "./merge-button.js";
import { useNameOf } from "./use-name-of.js";

const route = getRouteApi("/console/conflicts/$id");

/** One conflict: both people side by side, and what an operator can decide. */
export function ConflictPage(): ReactNode {
  const t = useTranslations("conflicts");
  const nameOf = useNameOf();
  const { id } = route.useParams();
  const conflict = useQuery(trpc.conflicts.get.queryOptions({ id }));
  const names = conflict.data?.users.map(nameOf) ?? [];
  const [one = t("title"), other] = names;
  return (
    <>
      <p className={classes.back}>
        {/* The list is not the current page, although its address begins this one's. */}
        <Link to="/conflicts" search={{}} activeOptions={{ exact: true }}>
          {t("title")}
        </Link>
      </p>
      <PageHeader title={other === undefined ? one : t("between", { one, other })} />
      <PanelBoundary query={conflict}>{(found) => <ConflictDetails conflict={found} />}</PanelBoundary>
    </>
  );
}

function ConflictDetails({ conflict }: { conflict: Conflict }): ReactNode {
  const t = useTranslations("conflicts");
  const mayAct = useMayAct();
  const [one, other] = conflict.users;
  const statusDiffers = one !== undefined && other !== undefined && one.status !== other.status;
  const sides =
    one && other
      ? [
          { user: one, from: other },
          { user: other, from: one },
        ]
      : [];
  return (
    <div className={classes.conflict}>
      {!other && conflict.resolution !== "merged" && (
        <Callout tone="info" icon={IconUser} title={t("onePerson")}>
          {t("onePersonBody")}
        </Callout>
      )}
      {statusDiffers && (
        <Callout tone="warning" icon={IconBan} title={t("statusDiffers")}>
          {t("statusDiffersBody")}
        </Callout>
      )}
      <Panel pad>
        <Facts
          rows={[
            [t("state"), <ConflictState key="state" resolution={conflict.resolution} />],
            ["unionid", <CopyableId key="unionid" value={conflict.unionid} label="unionid" whole />],
            [t("group"), <bdi key="group">{conflict.group}</bdi>],
            [t("noticed"), <ExactTime key="noticed" at={conflict.createdAt} />],
            [
              t("resolvedAt"),
              conflict.resolvedAt === null ? null : <ExactTime key="resolved" at={conflict.resolvedAt} />,
            ],
          ]}
        />
        {conflict.resolution === "merged" && (
          <p className={classes.more}>
            <Link to="/conflicts" search={{ view: "merges" }}>
              {t("mergedLink")}
            </Link>
          </p>
        )}
      </Panel>
      <div className={classes.sides}>
        {!other && one && <ConflictSide user={one} unionid={conflict.unionid} />}
        {sides.map(({ user, from }) => (
          <ConflictSide key={user.userId} user={user} unionid={conflict.unionid}>
            {mayAct && (
              <MergeButton conflictId={conflict.id} from={from} into={user} disabled={statusDiffers} />
            )}
          </ConflictSide>
        ))}
      </div>
      {mayAct && conflict.resolution === null && <ConflictActs conflict={conflict} />}
    </div>
  );
}
