import { Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../../api/client.js";
import { ActDialog } from "../../components/act-dialog.js";
import { useAct } from "../../components/use-act.js";
import { Panel } from "../../ui/panel.js";
import { QueryBoundary } from "../../ui/query-boundary.js";
import { useNotify } from "../../ui/use-notify.js";
import { useOperatorActs } from "./use-operator-acts.js";

/** Whether every operator needs a second factor: an owner decides it. */
export function FactorPolicy(): ReactNode {
  const t = useTranslations("operators");
  const notify = useNotify();
  const act = useAct();
  const policy = useQuery(trpc.operators.factorPolicy.queryOptions());
  const { setFactorPolicy } = useOperatorActs();
  const [isAsked, setIsAsked] = useState(false);
  const close = () => setIsAsked(false);

  function require(): void {
    setFactorPolicy.mutate(
      { policy: "required" },
      {
        onSuccess() {
          close();
          notify("success", t("done.requireFactor"));
        },
      },
    );
  }

  function setPolicy(to: "required" | "optional"): void {
    const send = () => setFactorPolicy.mutateAsync({ policy: to });
    if (to === "required") act(send, t("done.requireFactor"));
    else act(send, t("done.allowNoFactor"), () => setPolicy("required"));
  }

  return (
    <div style={{ marginTop: 16 }}>
      <Panel pad>
        <QueryBoundary query={policy} lines={2}>
          {({ isRequired }) => (
            <Switch
              label={t("requireFactor")}
              description={t("requireFactorMeans")}
              checked={isRequired}
              disabled={setFactorPolicy.isPending}
              onChange={() => (isRequired ? setPolicy("optional") : setIsAsked(true))}
            />
          )}
        </QueryBoundary>
      </Panel>
      <ActDialog
        opened={isAsked}
        onClose={close}
        title={t("requireFactorTitle")}
        label={t("requireFactorSubmit")}
        act={{ ...setFactorPolicy, mutate: require }}
      >
        {t("requireFactorBody")}
      </ActDialog>
    </div>
  );
}
