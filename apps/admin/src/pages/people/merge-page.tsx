import { IconBan } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { ConflictUser, MergePreview } from "../../api/types.js";
import { Callout } from "../../ui/callout.js";
import { PageHeader } from "../../ui/page-header.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { ConflictSide } from "../conflicts/conflict-side.js";
import conflictClasses from "../conflicts/conflicts.module.css";
import { MergeButton } from "../conflicts/merge-button.js";
import { FindOther } from "./find-other.js";
import classes from "./merge.module.css";
import { MergedFromCallout } from "./person-callouts.js";

const route = getRouteApi("/console/people/merge");

/** Merges two people whom no conflict connects: the other one is found, both are compared, one stays. */
export function MergePage(): ReactNode {
  const t = useTranslations("merging");
  const { user, other } = route.useSearch();
  return (
    <>
      <p className={conflictClasses.back}>
        <Link to="/people" search={{ open: user }}>
          {t("back")}
        </Link>
      </p>
      <PageHeader title={t("title")} description={t(other === undefined ? "find" : "compare")} />
      {user === undefined ? (
        <Callout tone="info" icon={IconBan} title={t("noPerson")}>
          {t("noPersonBody")}
        </Callout>
      ) : (
        <Preview userId={user} otherUserId={other} />
      )}
    </>
  );
}

function Preview({ userId, otherUserId }: { userId: string; otherUserId: string | undefined }): ReactNode {
  const preview = useQuery(
    trpc.people.previewMerge.queryOptions({ userId, otherUserId }, { placeholderData: keepPreviousData }),
  );
  return (
    <PanelBoundary query={preview}>
      {(found) => (
        <Compared
          preview={found}
          askedIds={otherUserId === undefined ? [userId] : [userId, otherUserId]}
          isComplete={otherUserId !== undefined}
        />
      )}
    </PanelBoundary>
  );
}

function Compared({
  preview: { users, refusal },
  askedIds,
  isComplete,
}: {
  preview: MergePreview;
  askedIds: readonly string[];
  isComplete: boolean;
}): ReactNode {
  const [one, other] = users;
  const mergedIds = askedIds.filter((id) => !users.some(({ userId }) => userId === id));
  return (
    <div className={conflictClasses.conflict}>
      {refusal !== null && <Refusal refusal={refusal} />}
      {refusal !== "not_found" && mergedIds.map((id) => <MergedFromCallout key={id} mergedFrom={id} />)}
      <div className={conflictClasses.sides}>
        {one && (
          <ConflictSide user={one}>
            {other && <Keep from={other} into={one} refusal={refusal} />}
          </ConflictSide>
        )}
        {one && other && (
          <ConflictSide user={other}>
            <Keep from={one} into={other} refusal={refusal} />
          </ConflictSide>
        )}
        {one && !other && (
          <div className={classes.find}>
            <FindOther userId={one.userId} />
          </div>
        )}
      </div>
      {isComplete && other && <ChooseAnother />}
    </div>
  );
}

function Keep({
  from,
  into,
  refusal,
}: {
  from: ConflictUser;
  into: ConflictUser;
  refusal: MergePreview["refusal"];
}): ReactNode {
  return <MergeButton conflictId={null} from={from} into={into} disabled={refusal !== null} />;
}

function Refusal({ refusal }: { refusal: NonNullable<MergePreview["refusal"]> }): ReactNode {
  const t = useTranslations("merging");
  return (
    <Callout tone="warning" icon={IconBan} title={t("refused")}>
      {t(`refusal.${refusal}`)}
    </Callout>
  );
}

function ChooseAnother(): ReactNode {
  const t = useTranslations("merging");
  return (
    <p className={classes.another}>
      <Link from="/people/merge" to="." search={({ other: _, ...search }) => search}>
        {t("another")}
      </Link>
    </p>
  );
}
