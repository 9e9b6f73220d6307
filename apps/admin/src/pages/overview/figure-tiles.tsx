import { useQuery } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { Overview } from "../../api/types.js";
import { shareOf, signInParts } from "../../components/sign-in-parts.js";
import type { TimeRangeSearch } from "../../search-params/time-range.js";
import classes from "./overview.module.css";

/** The figures of a range, each with what it was before and a link to its list. */
export function FigureTiles({
  overview: { totals, before, newPeople, affected },
  search,
}: {
  overview: Overview;
  /** What the lists behind the figures are filtered by. */
  search: TimeRangeSearch & { appId?: string | undefined };
}): ReactNode {
  const t = useTranslations("overview");
  const format = useFormatter();
  const [parts, earlier] = [signInParts(totals.signIns), signInParts(before.signIns)];
  const ended = parts.signedIn + parts.notFinished + parts.failed;
  const endedBefore = earlier.signedIn + earlier.notFinished + earlier.failed;
  const count = ({ count, more }: { count: number; more: boolean }) =>
    `${format.number(count)}${more ? "+" : ""}`;
  const share = (value: number | null) =>
    value === null ? "–" : format.number(value, { style: "percent", maximumFractionDigits: 1 });
  const was = (text: string) => t("was", { value: text });
  return (
    <ul className={classes.tiles}>
      <Tile
        label={t("signedIn")}
        value={format.number(parts.signedIn)}
        note={was(format.number(earlier.signedIn))}
        to="/sign-ins"
        search={{ ...search, outcome: "signed_in" }}
      />
      <Tile
        label={t("success")}
        value={share(shareOf(parts.signedIn, ended))}
        note={was(share(shareOf(earlier.signedIn, endedBefore)))}
        to="/sign-ins"
        search={search}
      />
      <Tile
        label={t("newPeople")}
        value={newPeople ? count(newPeople) : "–"}
        note={newPeople ? undefined : t("newPeopleOfAll")}
        to="/people"
        search={{}}
      />
      <Tile
        label={t("failedCalls")}
        value={share(shareOf(totals.failedCalls, totals.calls))}
        note={t("ofCalls", { failed: totals.failedCalls, calls: totals.calls })}
        tone={totals.failedCalls > 0 ? "warning" : undefined}
        to="/errors"
        search={search}
      />
      <Tile
        label={t("affected")}
        value={count(affected)}
        note={affected.more ? t("atLeast") : undefined}
        tone={affected.count > 0 ? "warning" : undefined}
        to="/errors"
        search={{ ...search, view: "people" }}
      />
      <TokensTile />
    </ul>
  );
}

/** How many of the global tokens are valid now, whatever the range. */
function TokensTile(): ReactNode {
  const t = useTranslations("overview");
  const format = useFormatter();
  const apps = useQuery(trpc.tokens.listApps.queryOptions(undefined, { staleTime: 30_000 }));
  const tokens = apps.data?.items.flatMap(({ accessToken, jsapiTicket }) =>
    [accessToken, jsapiTicket].filter((token) => token !== null && token.state !== "none"),
  );
  const valid = tokens?.filter((token) => token?.state === "fresh" || token?.state === "near_expiry");
  const isFailing = (tokens?.length ?? 0) > (valid?.length ?? 0);
  return (
    <Tile
      label={t("tokens")}
      value={
        tokens && valid && tokens.length > 0
          ? `${format.number(valid.length)} / ${format.number(tokens.length)}`
          : "–"
      }
      note={isFailing ? t("tokensFailing") : t("tokensValid")}
      tone={isFailing ? "error" : undefined}
      to="/tokens"
      search={{}}
    />
  );
}

function Tile({
  label,
  value,
  note,
  tone,
  to,
  search,
}: {
  label: string;
  value: string;
  note?: string | undefined;
  tone?: "warning" | "error" | undefined;
  to: NonNullable<LinkProps["to"]>;
  search: object;
}): ReactNode {
  return (
    <li>
      <Link className={classes.tile} to={to} search={search as never} data-tone={tone}>
        <span className={classes.label}>{label}</span>
        <span className={classes.value}>{value}</span>
        <span className={classes.note}>{note}</span>
      </Link>
    </li>
  );
}
