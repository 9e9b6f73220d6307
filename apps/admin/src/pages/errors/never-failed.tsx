import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Explanation } from "../../api/types.js";
import { Errcode } from "../../components/errcode.js";
import { ExplanationPanel } from "../../components/explanation.js";
import { useMayAct } from "../../shell/use-operator.js";
import { Panel } from "../../ui/panel.js";
import classes from "./errors.module.css";

/** An errcode that a person read out, of which the server has no failed call: what it means all the same. */
export function NeverFailed({ explanation }: { explanation: Explanation }): ReactNode {
  const t = useTranslations("neverFailed");
  const mayAct = useMayAct();
  const { code, name, meaning } = explanation;
  return (
    <Panel pad>
      <h2 className={classes.detailHead}>
        <Errcode errcode={code} name={name} meaning={meaning} />
      </h2>
      <p className={classes.why}>
        {t("why")}{" "}
        {mayAct && (
          <Link to="/apps" className={classes.more}>
            {t("checkApps")}
          </Link>
        )}
      </p>
      <ExplanationPanel explanation={explanation} withoutMeaning />
    </Panel>
  );
}
