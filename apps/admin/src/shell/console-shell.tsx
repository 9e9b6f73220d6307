import { ActionIcon } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMenu2 } from "@tabler/icons-react";
import { Outlet, useLocation, useRouter } from "@tanstack/react-router";
import { type ReactNode, useEffect } from "react";
import { useTranslations } from "use-intl";
import { SideDrawer } from "../ui/dialogs.js";
import classes from "./console-shell.module.css";
import { LanguageSwitch } from "./language-switch.js";
import { Navigation } from "./navigation.js";
import { Notices } from "./notices.js";
import { OperatorMenu } from "./operator-menu.js";
import { Shortcuts } from "./palette/shortcuts.js";
import { SearchBox } from "./search-box.js";
import { ThemeSwitch } from "./theme-switch.js";
import { useOperator } from "./use-operator.js";
import { Wordmark } from "./wordmark.js";

/** The layout around every page for a signed-in operator. */
export function ConsoleShell(): ReactNode {
  const t = useTranslations("app");
  const operator = useOperator();
  const router = useRouter();
  const pathname = useLocation({ select: (location) => location.pathname });
  const [menuOpened, menu] = useDisclosure(false);

  // The session ended, in this tab or in another one.
  useEffect(() => {
    const { pathname, searchStr } = router.latestLocation;
    if (operator || pathname === "/sign-in") return;
    void router.navigate({ to: "/sign-in", search: { next: pathname + searchStr }, replace: true });
  }, [operator, router]);

  // Only one page answers an operator who must add a second factor; a page that was open leads there.
  const mustEnrol = operator?.mustEnrol ?? false;
  useEffect(() => {
    if (mustEnrol) void router.navigate({ to: "/security", replace: true });
  }, [mustEnrol, router]);

  // Opening a page closes the menu.
  useEffect(menu.close, [pathname]);

  if (!operator) return null;
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href="#content">
        {t("skip")}
      </a>
      <aside className={classes.sidebar}>
        <Wordmark />
        {!mustEnrol && <Navigation />}
      </aside>
      <header className={classes.header}>
        <ActionIcon
          className={classes.burger}
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={t("menu")}
          onClick={menu.open}
        >
          <IconMenu2 size={20} aria-hidden />
        </ActionIcon>
        {mustEnrol ? <span /> : <SearchBox />}
        <div className={classes.actions}>
          <span className={classes.wideOnly}>
            <LanguageSwitch />
            <ThemeSwitch />
          </span>
          <OperatorMenu operator={operator} />
        </div>
      </header>
      <main id="content" className={classes.main} tabIndex={-1}>
        {!mustEnrol && <Notices />}
        <Outlet />
      </main>
      {!mustEnrol && <Shortcuts />}
      <SideDrawer opened={menuOpened} onClose={menu.close} side="left" width="280px" title={<Wordmark />}>
        {!mustEnrol && <Navigation />}
        <div className={classes.drawerSwitches}>
          <LanguageSwitch />
          <ThemeSwitch />
        </div>
      </SideDrawer>
    </div>
  );
}
