import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { SignIn } from "../../api/types.js";
import { nicknameInTitle } from "../../format/text.js";
import { PageHeader } from "../../ui/page-header.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { lastFailureOf, SignInView } from "./sign-in-view.js";
import classes from "./sign-ins.module.css";

const route = getRouteApi("/console/sign-ins/$id");

/** One sign-in. Its id is the request number that the person sees on a failure page. */
export function SignInPage(): ReactNode {
  const t = useTranslations("signIns");
  const titleOf = useSignInTitle();
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
      <PageHeader title={titleOf(signIn.data)} />
      <PanelBoundary query={signIn}>{(found) => <SignInView signIn={found} />}</PanelBoundary>
    </>
  );
}

/** "张三 · 失败 · 40163": who, what became of it, and the errcode that ended it. */
function useSignInTitle(): (signIn: SignIn | undefined) => string {
  const t = useTranslations("signIns");
  const outcomes = useTranslations("outcome");
  const conflicts = useTranslations("conflicts");
  return (signIn) => {
    if (!signIn) return t("detailTitle");
    const { person, outcome } = signIn;
    const name =
      person && (nicknameInTitle(person.nickname) ?? conflicts("nameless", { id: person.userId.slice(-8) }));
    const who = name === null ? t("titleUnknown") : person?.isGuess ? t("titleProbably", { name }) : name;
    const errcode = endedWell.has(outcome) ? undefined : lastFailureOf(signIn)?.errcode;
    return [who, outcomes(outcome ?? "in_progress"), errcode].filter(Boolean).join(" · ");
  };
}

const endedWell: ReadonlySet<SignIn["outcome"]> = new Set(["signed_in", "bound"]);
