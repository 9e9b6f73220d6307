import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslations } from "use-intl";
import classes from "./page-header.module.css";

/** The page's heading, which is also the name of the browser tab. */
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
      <div className={classes.words}>
        <Title order={1} size={20} lh={1.3}>
          {title}
        </Title>
        {description && <p className={classes.description}>{description}</p>}
      </div>
      {children && <div className={classes.actions}>{children}</div>}
    </header>
  );
}
