import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailureRow } from "../api/types.js";
import { shortenMiddle } from "../format/text.js";
import { RelativeTime } from "../ui/time.js";
import { Errcode } from "./errcode.js";
import classes from "./link-rows.module.css";

/** A short list of failures that open in the log. With `sameKind` they share errcode and endpoint, so ids tell them apart. */
export function FailureLinks({
  failures,
  sameKind = false,
}: {
  failures: readonly FailureRow[];
  sameKind?: boolean;
}): ReactNode {
  return (
    <ul className={classes.rows}>
      {failures.map((failure) => (
        <li key={failure.id}>
          <Link to="/errors" search={{ view: "log", range: "all", open: failure.id }} className={classes.row}>
            <span className={classes.main}>
              {sameKind ? <Ids failure={failure} /> : <Kind failure={failure} />}
            </span>
            <span className={classes.aside}>
              <RelativeTime at={failure.at} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Kind({ failure }: { failure: FailureRow }): ReactNode {
  return (
    <>
      <Errcode errcode={failure.errcode} name={failure.name} meaning={failure.meaning} />
      <span className={classes.muted}>{failure.endpoint}</span>
    </>
  );
}

/** The openid and WeChat's rid. Without an answer from WeChat there is only the sign-in, or the failure's own id. */
function Ids({ failure }: { failure: FailureRow }): ReactNode {
  const t = useTranslations("errors");
  const { openid, rid, signInId, id } = failure;
  return (
    <>
      {openid && <LabelledId name="openid" value={openid} />}
      {rid && <LabelledId name="rid" value={rid} />}
      {!openid && !rid && (
        <LabelledId name={t(signInId ? "requestNumber" : "failureId")} value={signInId ?? id} />
      )}
    </>
  );
}

function LabelledId({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <span className={classes.id} title={value}>
      <span className={classes.muted}>{name}</span> <bdi>{shortenMiddle(value)}</bdi>
    </span>
  );
}
