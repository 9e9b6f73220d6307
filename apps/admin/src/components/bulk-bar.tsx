import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Selection } from "../ui/use-selection.js";
import classes from "./bulk-bar.module.css";

/** "3 selected", and what can be done to them, above the rows. */
export function BulkBar({ selection, children }: { selection: Selection; children: ReactNode }): ReactNode {
  const t = useTranslations("bulk");
  const count = selection.selected.length;
  return (
    <>
      <p className="visually-hidden" role="status">
        {count > 0 && t("selected", { count })}
      </p>
      {count > 0 && (
        <section className={classes.bar} aria-label={t("label")}>
          <strong className={classes.count}>{t("selected", { count })}</strong>
          {children}
          <Button variant="subtle" size="xs" onClick={selection.clear}>
            {t("clear")}
          </Button>
        </section>
      )}
    </>
  );
}
