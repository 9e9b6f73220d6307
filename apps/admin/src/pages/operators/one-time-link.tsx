import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { OperatorLink } from "../../api/types.js";
import { ShownOnce } from "../../components/shown-once.js";

/** The link that the api made. It cannot be shown again. */
export function OneTimeLink({
  link,
  onClose,
}: {
  link: OperatorLink | undefined;
  onClose: () => void;
}): ReactNode {
  const t = useTranslations("operators");
  const username = link?.username ?? "";
  return (
    <ShownOnce value={link?.url} label={t("link")} title={t("linkTitle", { username })} onClose={onClose}>
      {t("linkBody", { username })}
    </ShownOnce>
  );
}
