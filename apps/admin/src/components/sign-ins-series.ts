import { useTranslations } from "use-intl";

/** What became of sign-ins, as the parts of a bar. */
export function useSignInsSeries() {
  const t = useTranslations("overview.series");
  return (["signedIn", "notFinished", "failed"] as const).map((name) => ({ name, label: t(name) }));
}
