import { IconCircleCheckFilled, IconCircleDashed } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { Panel, Section } from "../../ui/panel.js";
import classes from "./overview.module.css";

/**
 * What is left to do before people sign in for real; nothing once all of it is done, or while it is unknown. At the top of the
 * page until the first person has signed in, then at its end.
 */
export function Checklist({ at }: { at: "top" | "end" }): ReactNode {
  const t = useTranslations("checklist");
  const { data } = useQuery(trpc.overview.checklist.queryOptions(undefined, { staleTime: 60_000 }));
  const done = data?.items.filter((item) => item.done).length ?? 0;
  if (!data || done === data.items.length) return null;
  const isFirst = data.items.some(({ id, done }) => id === "first_sign_in" && !done);
  if (isFirst !== (at === "top")) return null;
  return (
    <Section title={t("title")} aside={t("done", { done, all: data.items.length })}>
      <Panel>
        <ol className={classes.checklist}>
          {data.items.map(({ id, done: isDone }) => (
            <li key={id} data-done={isDone || undefined}>
              {isDone ? (
                <IconCircleCheckFilled size={18} aria-hidden />
              ) : (
                <IconCircleDashed size={18} aria-hidden />
              )}
              <span>
                <strong>{t(`${id}.title`)}</strong>
                <span className="visually-hidden"> {isDone ? t("isDone") : t("isOpen")}</span>
                {!isDone && <span className={classes.how}>{t(`${id}.how`)}</span>}
              </span>
            </li>
          ))}
        </ol>
      </Panel>
    </Section>
  );
}
