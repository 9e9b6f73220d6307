import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { AccessToken } from "../../api/types.js";

/** Who asked WeChat for a token, in words. */
export function Requester({
  by: { kind, name },
}: {
  by: NonNullable<AccessToken["requestedBy"]>;
}): ReactNode {
  const t = useTranslations("tokens.requester");
  if (kind === "operator") return <bdi>{name}</bdi>;
  return t(kind, { name });
}
