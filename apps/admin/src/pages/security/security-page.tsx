import { Button, Group } from "@mantine/core";
import { IconAlertTriangle, IconDeviceMobile, IconFingerprint, IconInfoCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import type { SecondFactors } from "../../api/types.js";
import { ShownOnce } from "../../components/shown-once.js";
import { useOperator } from "../../shell/use-operator.js";
import { Callout } from "../../ui/callout.js";
import { ModalDialog } from "../../ui/dialogs.js";
import { PageHeader } from "../../ui/page-header.js";
import { Panel, Section } from "../../ui/panel.js";
import { PanelBoundary } from "../../ui/query-boundary.js";
import { useNotify } from "../../ui/use-notify.js";
import { AddPasskey } from "./add-passkey.js";
import { AddTotp } from "./add-totp.js";
import { FactorsTable } from "./factors-table.js";
import { RecoveryCodes } from "./recovery-codes.js";
import classes from "./security.module.css";

/** The operator's own second factors. */
export function SecurityPage(): ReactNode {
  const t = useTranslations("security");
  const own = useQuery(trpc.secondFactor.get.queryOptions());
  const mustEnrol = useOperator()?.mustEnrol ?? false;
  const [codes, setCodes] = useState<string[]>();
  return (
    <>
      <PageHeader title={t("title")} description={t("description")} />
      {mustEnrol && (
        <Callout tone="warning" icon={IconAlertTriangle} title={t("mustEnrolTitle")}>
          {t("mustEnrol")}
        </Callout>
      )}
      <PanelBoundary query={own} lines={4}>
        {(factors) => (
          <>
            {factors.isRequired && !mustEnrol && (
              <Callout tone="info" icon={IconInfoCircle}>
                {t("required")}
              </Callout>
            )}
            <Factors own={factors} onCodes={setCodes} />
            {factors.factors.length > 0 && <RecoveryCodes left={factors.recoveryCodes} onCodes={setCodes} />}
          </>
        )}
      </PanelBoundary>
      <ShownOnce
        value={codes?.join("\n")}
        label={t("codesWhat")}
        title={t("codesTitle")}
        fileName={t("codesFile")}
        kept={t("codesKept")}
        onClose={() => setCodes(undefined)}
      >
        {t("codesBody")}
      </ShownOnce>
    </>
  );
}

function Factors({ own, onCodes }: { own: SecondFactors; onCodes: (codes: string[]) => void }): ReactNode {
  const t = useTranslations("security");
  const notify = useNotify();
  const [asked, setAsked] = useState<"totp" | "passkey">();
  const close = () => setAsked(undefined);
  function onAdded(name: string, recoveryCodes: string[] | null): void {
    close();
    notify("success", t("done.add", { name }));
    if (recoveryCodes) onCodes(recoveryCodes);
  }
  return (
    <Section
      title={t("factors")}
      aside={
        <Group gap="xs">
          <Button
            variant="default"
            size="xs"
            leftSection={<IconDeviceMobile size={15} aria-hidden />}
            onClick={() => setAsked("totp")}
          >
            {t("addTotp")}
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconFingerprint size={15} aria-hidden />}
            onClick={() => setAsked("passkey")}
          >
            {t("addPasskey")}
          </Button>
        </Group>
      }
    >
      <Panel>
        {own.factors.length === 0 ? (
          <p className={classes.nothing}>{t("none")}</p>
        ) : (
          <FactorsTable own={own} />
        )}
      </Panel>
      <ModalDialog opened={asked === "totp"} onClose={close} title={t("totpTitle")}>
        <AddTotp onClose={close} onAdded={onAdded} />
      </ModalDialog>
      <ModalDialog opened={asked === "passkey"} onClose={close} title={t("passkeyTitle")}>
        <AddPasskey onClose={close} onAdded={onAdded} />
      </ModalDialog>
    </Section>
  );
}
