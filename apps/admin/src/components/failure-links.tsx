import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailureRow } from "../api/types.js";
import { shortenMiddle } from "../format/shorten.js";
import { RelativeTime } from "../ui/time.js";
import { Errcode } from "./errcode.js";
import classes from "./link-rows.module.css";

/** A few failures, each opening in the raw log. Those `ofOneKind` share errcode and endpoint: other things name them. */
export function FailureLinks({
  failures,
  ofOneKind = false,
}: {
  failures: readonly FailureRow[];
  ofOneKind?: boolean;
}): ReactNode {
  return (
    <ul className={classes.rows}>
      {failures.map((failure) => (
        <li key={failure.id}>
          <Link to="/errors" search={{ view: "log", range: "all", open: failure.id }} className={classes.row}>
            <span className={classes.main}>
              {ofOneKind ? <Marks failure={failure} /> : <Kind failure={failure} />}
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
      <Errcode errcode={failure.errcode} name={failure.name} />
      <span className={classes.quiet}>{failure.endpoint}</span>
    </>
  );
}

/** Whose call it was, and WeChat's number for it. Where WeChat never answered, only the sign-in is known, or nothing. */
function Marks({ failure }: { failure: FailureRow }): ReactNode {
  const t = useTranslations("errors");
  const { openid, rid, signInId, id } = failure;
  return (
    <>
      {openid && <Mark name="openid" value={openid} />}
      {rid && <Mark name="rid" value={rid} />}
      {!openid && !rid && <Mark name={t(signInId ? "requestNumber" : "failureId")} value={signInId ?? id} />}
    </>
  );
}

function Mark({ name, value }: { name: string; value: string }): ReactNode {
  return (
    <span className={classes.mark} title={value}>
      <span className={classes.quiet}>{name}</span> <bdi>{shortenMiddle(value)}</bdi>
    </span>
  );
}
