import { useTranslations } from "use-intl";
import type { ConflictUser } from "../../api/types.js";
import { nicknameInTitle } from "../../format/text.js";

/** What one of two people is called in a title or on a button; without a visible nickname by the end of their id. */
export function useNameOf(): (user: ConflictUser) => string {
  const t = useTranslations("conflicts");
  return ({ userId, profile }) =>
    nicknameInTitle(profile.nickname) ?? t("nameless", { id: userId.slice(-8) });
}
