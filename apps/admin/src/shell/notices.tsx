import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { trpc } from "../api/client.js";
import { Callout } from "../ui/callout.js";
import { ExactTime } from "../ui/time.js";
import classes from "./console-shell.module.css";

/** What the server noticed about itself and its set-up, above every page. */
export function Notices(): ReactNode {
  const t = useTranslations("notices");
  const notices = useQuery(trpc.system.notices.queryOptions(undefined, { staleTime: 5 * 60_000 }));
  return notices.data?.items.map(({ kind, since, ...facts }) => (
    <div key={kind} className={classes.notice}>
      <Callout tone="warning" icon={IconAlertTriangle} title={t(`${kind}.title`)}>
        {t.rich(`${kind}.body`, { ip: "", clients: "", ...facts, code: (text) => <code>{text}</code> })} (
        <ExactTime at={since} />)
      </Callout>
    </div>
  ));
}
