import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactNode, type SubmitEvent, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { Person } from "../../api/types.js";
import rows from "../../components/link-rows.module.css";
import { Avatar, Nickname } from "../../components/person-name.js";
import { AppName } from "../../components/wechat-app.js";
import { cleanPastedText } from "../../format/text.js";
import { Panel } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { RelativeTime } from "../../ui/time.js";
import classes from "./merge.module.css";

const route = getRouteApi("/console/people/merge");

/** Finds the person with whom this one may be merged, by anything that the search box understands. */
export function FindOther({ userId }: { userId: string }): ReactNode {
  const t = useTranslations("merging");
  const { q } = route.useSearch();
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(q ?? "");

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const text = cleanPastedText(typed) ?? undefined;
    setTyped(text ?? "");
    void navigate({ search: (search) => ({ ...search, q: text, other: undefined }), replace: true });
  }

  return (
    <Panel pad>
      <h2 className={classes.heading}>{t("other")}</h2>
      <search>
        <form className={classes.form} onSubmit={submit}>
          <TextInput
            className={classes.text ?? ""}
            aria-label={t("search")}
            placeholder={t("searchPlaceholder")}
            leftSection={<IconSearch size={15} aria-hidden />}
            autoComplete="off"
            spellCheck={false}
            maxLength={200}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" variant="default">
            {t("submit")}
          </Button>
        </form>
      </search>
      {q === undefined ? (
        <p className={classes.hint}>{t("hint")}</p>
      ) : (
        <Candidates userId={userId} text={q} />
      )}
    </Panel>
  );
}

function Candidates({ userId, text }: { userId: string; text: string }): ReactNode {
  const t = useTranslations("merging");
  const found = useQuery(
    trpc.people.mergeCandidates.queryOptions({ text }, { placeholderData: keepPreviousData }),
  );
  return (
    <QueryBoundary query={found} lines={3}>
      {({ items, more }) =>
        items.length === 0 ? (
          <p className={classes.hint}>{t("noneFound")}</p>
        ) : (
          <>
            <ul className={`${rows.rows} ${classes.candidates}`}>
              {items.map((person) => (
                <li key={person.userId}>
                  {person.userId === userId ? (
                    <span className={rows.row}>
                      <Candidate person={person} />
                      <span className={rows.aside}>{t("same")}</span>
                    </span>
                  ) : (
                    <Link
                      className={rows.row}
                      from="/people/merge"
                      to="."
                      search={(search) => ({ ...search, other: person.userId })}
                    >
                      <Candidate person={person} />
                      <span className={rows.aside}>
                        <RelativeTime at={person.lastSignInAt} />
                      </span>
                    </Link>
                  )}
                </li>
              ))}
            </ul>
            {more && <p className={classes.hint}>{t("more", { count: items.length })}</p>}
          </>
        )
      }
    </QueryBoundary>
  );
}

/** The end of the id tells people of one nickname apart. */
function Candidate({ person: { userId, profile, bindings } }: { person: Person }): ReactNode {
  return (
    <span className={classes.candidate}>
      <Avatar {...profile} />
      <span className={rows.main}>
        <Nickname nickname={profile.nickname} clip />
        <span className={rows.id}>
          <bdi>{userId.slice(-8)}</bdi>
        </span>
        {bindings.map(({ id, appKey, appId }) => (
          <span key={id} className={rows.muted}>
            <AppName appKey={appKey} appId={appId} />
          </span>
        ))}
      </span>
    </span>
  );
}
