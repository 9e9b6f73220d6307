import { Anchor, Button } from "@mantine/core";
import { IconBug, IconMapOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { isConsoleError } from "../api/client.js";
import { ErrorNotice } from "../ui/error-messages.js";
import { Notice } from "../ui/notice.js";

/** Replaces a page that threw. Errors of the api have their own texts; anything else is a bug, or a chunk of an old build. */
export function ErrorPage({ error }: { error: unknown }): ReactNode {
  const t = useTranslations("errorMessage");
  if (isConsoleError(error)) return <ErrorNotice error={error} onRetry={() => location.reload()} />;
  return (
    <Notice role="alert" tone="error" icon={IconBug} title={t("crashTitle")} body={t("crashBody")}>
      <Button variant="default" size="xs" onClick={() => location.reload()}>
        {t("reload")}
      </Button>
    </Notice>
  );
}

export function NotFoundPage(): ReactNode {
  const t = useTranslations("errorMessage");
  return (
    <>
      <h1 className="visually-hidden">{t("noPageTitle")}</h1>
      <Notice icon={IconMapOff} title={t("noPageTitle")} body={t("noPageBody")}>
        <Anchor component={Link} to="/overview" size="sm" underline="always">
          {t("toOverview")}
        </Anchor>
      </Notice>
    </>
  );
}
