import { Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { useTranslations } from "use-intl";
import { LanguageSwitch } from "../../shell/language-switch.js";
import { ThemeSwitch } from "../../shell/theme-switch.js";
import { Wordmark } from "../../shell/wordmark.js";
import classes from "./auth-layout.module.css";

/** The layout of the pages that need no session. */
export function AuthLayout({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}): ReactNode {
  const t = useTranslations("app");
  useEffect(() => {
    document.title = `${title} · ${t("name")}`;
  }, [title, t]);
  return (
    <div className={classes.screen}>
      <header className={classes.top}>
        <Wordmark />
        <span className={classes.switches}>
          <LanguageSwitch />
          <ThemeSwitch />
        </span>
      </header>
      <main className={classes.card}>
        <Title order={1} size={20}>
          {title}
        </Title>
        {lead && <p className={classes.lead}>{lead}</p>}
        {children}
      </main>
    </div>
  );
}
