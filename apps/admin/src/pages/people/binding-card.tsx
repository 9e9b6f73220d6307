import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Binding } from "../../api/types.js";
import { Nickname } from "../../components/person-name.js";
import { Scope } from "../../components/scope.js";
import { AppName } from "../../components/wechat-app.js";
import { CopyableId } from "../../ui/copyable-id.js";
import { Facts } from "../../ui/facts.js";
import { ExactTime } from "../../ui/time.js";
import classes from "./people.module.css";

/** A person's binding in one WeChat app. */
export function BindingCard({ binding, children }: { binding: Binding; children?: ReactNode }): ReactNode {
  const t = useTranslations("people");
  const kinds = useTranslations("appKind");
  return (
    <article className={classes.binding}>
      <div className={classes.bindingHead}>
        <AppName appKey={binding.appKey} appId={binding.appId} />
        <span>{binding.kind === null ? t("appRemoved") : kinds(binding.kind)}</span>
      </div>
      <Facts
        rows={[
          ["openid", <CopyableId key="openid" value={binding.openid} label="openid" whole />],
          [
            "unionid",
            binding.unionid === null ? (
              t("noUnionid")
            ) : (
              <CopyableId key="unionid" value={binding.unionid} label="unionid" whole />
            ),
          ],
          ["scope", <Scope key="scope" scope={binding.scope} />],
          [t("nickname"), <Nickname key="nickname" nickname={binding.nickname} />],
          [t("appId"), <CopyableId key="appId" value={binding.appId} label={t("appId")} whole />],
          [t("boundAt"), <ExactTime key="bound" at={binding.createdAt} />],
          [t("lastSignIn"), <ExactTime key="last" at={binding.lastSignInAt} />],
        ]}
      />
      {children}
    </article>
  );
}
