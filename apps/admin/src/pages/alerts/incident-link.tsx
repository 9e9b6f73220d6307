import type { ReactNode } from "react";
import type { AlertIncident } from "../../api/types.js";
import { useMayAct } from "../../shell/use-operator.js";
import { RowLink } from "../../ui/data-table.js";
import { formatGroupKey } from "../errors/group-key.js";

/** The list behind the link begins at its own first page. */
const elsewhere = { state: {}, resetScroll: true };

/** Leads from an incident to what an operator acts on: the error with its remedy, the token, the host, or the sign-ins of that time. */
export function IncidentLink({
  incident,
  children,
}: {
  incident: AlertIncident;
  children: ReactNode;
}): ReactNode {
  const mayAct = useMayAct();
  const { kind, subject, appId, endpoint, errcode } = incident;
  if (kind === "webhook_disabled") {
    if (!mayAct) return children; // Viewers see no host applications.
    return (
      <RowLink {...elsewhere} to="/hosts/$id" params={{ id: subject }}>
        {children}
      </RowLink>
    );
  }
  if (appId === null) return children;
  if (endpoint && errcode) {
    const group = formatGroupKey({ appId, endpoint, errcode });
    return (
      <RowLink {...elsewhere} to="/errors" search={{ range: "all", state: "all", group }}>
        {children}
      </RowLink>
    );
  }
  if (kind === "success_share") {
    const { openedAt: from, recoveredAt } = incident;
    return (
      <RowLink
        {...elsewhere}
        to="/sign-ins"
        search={{ appId, outcome: "failed", from, to: recoveredAt ?? undefined }}
      >
        {children}
      </RowLink>
    );
  }
  return (
    <RowLink {...elsewhere} to="/tokens" search={{ app: appId }}>
      {children}
    </RowLink>
  );
}
