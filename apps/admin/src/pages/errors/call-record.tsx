import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { FailureDetail } from "../../api/types.js";
import { Section } from "../../ui/panel.js";
import classes from "./errors.module.css";

/** What was sent and what came back, as the api kept them: without anything secret or personal. */
export function CallRecord({
  failure: { request, answer },
}: {
  failure: Pick<FailureDetail, "request" | "answer">;
}): ReactNode {
  const t = useTranslations("errorCall");
  return (
    <>
      {request && (
        <Section title={t("request")}>
          <pre className={classes.code} translate="no">
            {[
              `${request.method} /${request.path}`,
              ...request.parameters.map(({ name, value }) => `${name}: ${value}`),
            ].join("\n")}
          </pre>
        </Section>
      )}
      {answer && (
        <Section title={t("answer")}>
          <pre className={classes.code} translate="no">
            {[`HTTP ${answer.httpStatus}`, answer.body || t("emptyBody")].join("\n")}
          </pre>
          {answer.body === "***" && <p className={classes.muted}>{t("hiddenBody")}</p>}
        </Section>
      )}
    </>
  );
}
