import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Binding, PersonDetail } from "../../api/types.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useNotify } from "../../ui/use-notify.js";
import classes from "./people.module.css";
import { usePersonActs } from "./use-person-acts.js";

/** Removes one WeChat account of a person, after a warning if it is the last. */
export function UnbindButton({ person, binding }: { person: PersonDetail; binding: Binding }): ReactNode {
  const t = useTranslations("acts");
  const notify = useNotify();
  const [opened, dialog] = useDisclosure(false);
  const { unbind } = usePersonActs(() => {
    dialog.close();
    notify("success", t("done.unbind"));
  });
  const app = binding.appKey ?? binding.appId;
  const isLast = person.bindings.length === 1;
  const given = { userId: person.userId, bindingId: binding.id, allowLast: isLast };
  return (
    <div className={classes.act}>
      <Button variant="default" size="compact-xs" onClick={dialog.open} aria-label={t("unbindOf", { app })}>
        {t("unbind")}
      </Button>
      <ActDialog
        opened={opened}
        onClose={dialog.close}
        title={t(isLast ? "unbindLastTitle" : "unbindTitle", { app })}
        label={t("unbind")}
        danger
        act={{ ...unbind, mutate: () => unbind.mutate(given) }}
      >
        {isLast ? t("unbindLast") : t("unbindBody")}
      </ActDialog>
    </div>
  );
}
