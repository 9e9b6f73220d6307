import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { PersonDetail } from "../../api/types.js";
import rows from "../../components/link-rows.module.css";
import { Section } from "../../ui/panel.js";
import { RelativeTime } from "../../ui/time.js";

/** The users who were merged into this person, each with the way to its undo. */
export function PersonMerges({ merges }: { merges: PersonDetail["merges"] }): ReactNode {
  const t = useTranslations("merges");
  return (
    <Section title={t("mergesInto")}>
      <ul className={rows.rows}>
        {merges.map(({ id, fromUserId, createdAt, canUndo }) => (
          <li key={id}>
            <Link to="/conflicts" search={{ view: "merges", open: id }} className={rows.row}>
              <span className={rows.main}>
                <span className={rows.id}>
                  <bdi>{fromUserId}</bdi>
                </span>
                {!canUndo && <span className={rows.muted}>{t("tooLate")}</span>}
              </span>
              <span className={rows.aside}>
                <RelativeTime at={createdAt} />
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  );
}
