import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { PendingSignIn } from "../../api/types.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { AuthLayout } from "./auth-layout.js";
import classes from "./auth-layout.module.css";
import { FactorForm } from "./factor-form.js";

const route = getRouteApi("/sign-in/factor");

/** Between the password and the console, for an operator who has a second factor. */
export function FactorPage(): ReactNode {
  const t = useTranslations("factorPage");
  const pending = useQuery(
    trpc.operator.pendingSignIn.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }),
  );
  if (pending.data === null) {
    return (
      <AuthLayout title={t("expiredTitle")} lead={t("expiredLead")}>
        <ToPassword>{t("toPassword")}</ToPassword>
      </AuthLayout>
    );
  }
  const username = pending.data?.username;
  return (
    <AuthLayout title={t("title")} lead={username === undefined ? undefined : t("lead", { username })}>
      <QueryBoundary query={pending} lines={4}>
        {(answer) => answer && <Question pending={answer} />}
      </QueryBoundary>
    </AuthLayout>
  );
}

function Question({ pending }: { pending: PendingSignIn }): ReactNode {
  const t = useTranslations("factorPage");
  const { next } = route.useSearch();
  return (
    <>
      <FactorForm pending={pending} next={next} />
      <p className={classes.help}>
        {t.rich("lost", { username: pending.username, code: (chunks) => <code>{chunks}</code> })}
      </p>
      <ToPassword>{t("back")}</ToPassword>
    </>
  );
}

function ToPassword({ children }: { children: ReactNode }): ReactNode {
  const { next } = route.useSearch();
  return (
    <Link to="/sign-in" search={{ next }} className={classes.way}>
      {children}
    </Link>
  );
}
