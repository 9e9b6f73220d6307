import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { PageHeader } from "../../ui/page-header.js";
import { Panel } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { SignInView } from "./sign-in-view.js";
import classes from "./sign-ins.module.css";

const route = getRouteApi("/console/sign-ins/$id");

/** One sign-in. Its id is the request number that the person sees on a failure page. */
export function SignInPage(): ReactNode {
  const t = useTranslations("signIns");
  const { id } = route.useParams();
  const signIn = useQuery(trpc.signIns.get.queryOptions({ id }));
  return (
    <>
      <p className={classes.back}>
        {/* The list is not the current page, although its address begins this one's. */}
        <Link to="/sign-ins" activeOptions={{ exact: true }}>
          {t("title")}
        </Link>
      </p>
      <PageHeader title={t("detailTitle")} />
      {signIn.data ? (
        <SignInView signIn={signIn.data} />
      ) : (
        <Panel>
          <QueryBoundary query={signIn}>{() => null}</QueryBoundary>
        </Panel>
      )}
    </>
  );
}
