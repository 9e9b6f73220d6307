import { ActionIcon, Title } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { type ReactNode, useEffect } from "react";
import { useTranslations } from "use-intl";
import classes from "./page-header.module.css";

/** The page's heading, which is also the title of the browser tab. */
export function PageHeader({
  title,
  description,
  children,
}: {
  title: string;
  description?: ReactNode;
  children?: ReactNode;
}): ReactNode {
  const t = useTranslations("app");
  useEffect(() => {
    document.title = `${title} · ${t("name")}`;
  }, [title, t]);
  return (
    <header className={classes.header}>
      <div className={classes.text}>
        <Title order={1} size={20} lh={1.3}>
          {title}
        </Title>
        {description && <p className={classes.description}>{description}</p>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}

/** Refetches what the page shows. */
export function RefreshButton({ busy, onRefresh }: { busy: boolean; onRefresh: () => void }): ReactNode {
  const t = useTranslations("common");
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={t("refresh")}
      title={t("refresh")}
      loading={busy}
      onClick={onRefresh}
    >
      <IconRefresh size={17} stroke={1.7} aria-hidden />
    </ActionIcon>
  );
}
