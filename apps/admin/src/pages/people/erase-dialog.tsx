import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { PersonDetail } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { nicknameInTitle } from "../../format/text.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import type { usePersonActs } from "./use-person-acts.js";

/** Erasing is the one act that nothing undoes: the dialog says what goes and what stays, and asks for a word. */
export function EraseDialog({
  person: { userId, profile },
  erase,
  opened,
  onClose,
}: {
  person: PersonDetail;
  erase: ReturnType<typeof usePersonActs>["erase"];
  opened: boolean;
  onClose: () => void;
}): ReactNode {
  const t = useTranslations("acts");
  const retention = useQuery(trpc.system.retention.queryOptions(undefined, { enabled: opened }));
  const name = nicknameInTitle(profile.nickname);
  // The end of the id, which the server wants: it cannot be typed for another person by mistake.
  const word = userId.slice(-8);
  return (
    <ActDialog
      opened={opened}
      onClose={onClose}
      title={name === null ? t("eraseNamelessTitle") : t("eraseTitle", { name })}
      label={t("erase")}
      danger
      word={word}
      act={{ ...erase, mutate: () => erase.mutate({ userId, confirm: word }) }}
    >
      <QueryBoundary query={retention} lines={6}>
        {({ days }) => t.rich("eraseBody", { days, p: (chunks) => <p>{chunks}</p> })}
      </QueryBoundary>
    </ActDialog>
  );
}
