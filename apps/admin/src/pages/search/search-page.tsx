import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Navigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { Errcode } from "../../components/errcode.js";
import rows from "../../components/link-rows.module.css";
import { OutcomeBadge } from "../../components/outcome-badge.js";
import { Nickname } from "../../components/person-name.js";
import { type Choice, routeForChoice, routeForHit } from "../../shell/search-route.js";
import { PageHeader } from "../../ui/page-header.js";
import { Panel, Section } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { RelativeTime } from "../../ui/time.js";

const route = getRouteApi("/console/search");

const kinds = ["sign_in", "person", "errcode"] as const satisfies readonly Choice["kind"][];

/** What a searched text may mean, by kind. A text that means one thing leads on to it. */
export function SearchPage(): ReactNode {
  const t = useTranslations("searchPage");
  const { q = "" } = route.useSearch();
  const found = useQuery(trpc.search.find.queryOptions({ text: q }, { enabled: q !== "" }));
  if (q === "") return <Navigate to="/people" replace />;
  const hit = found.data;
  if (hit && hit.kind !== "several") return <Navigate replace {...routeForHit(hit)} />;
  return (
    <>
      <PageHeader title={t(hit ? "title" : "searching", { q })} />
      {hit ? (
        kinds.map((kind) => (
          <Choices key={kind} kind={kind} choices={hit.choices.filter((one) => one.kind === kind)} />
        ))
      ) : (
        <Panel>
          <QueryBoundary query={found}>{() => null}</QueryBoundary>
        </Panel>
      )}
    </>
  );
}

function Choices({ kind, choices }: { kind: Choice["kind"]; choices: readonly Choice[] }): ReactNode {
  const t = useTranslations("searchPage");
  if (choices.length === 0) return null;
  return (
    <Section title={t(kind)}>
      <ul className={rows.rows}>
        {choices.map((choice) => (
          <li key={idOf(choice)}>
            <Link {...routeForChoice(choice)} className={rows.row}>
              <span className={rows.main}>
                <ChoiceName choice={choice} />
                {choice.kind !== "errcode" && <bdi className={rows.id}>{idOf(choice)}</bdi>}
              </span>
              <span className={rows.aside}>
                {choice.kind === "sign_in" && <RelativeTime at={choice.at} />}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ChoiceName({ choice }: { choice: Choice }): ReactNode {
  switch (choice.kind) {
    case "sign_in":
      return <OutcomeBadge outcome={choice.outcome} />;
    case "person":
      return <Nickname nickname={choice.nickname} />;
    case "errcode":
      return <Errcode {...choice} />;
  }
}

function idOf(choice: Choice): string {
  if (choice.kind === "person") return choice.userId;
  return choice.kind === "errcode" ? choice.errcode : choice.id;
}
