import {
  IconAlertTriangle,
  IconApps,
  IconBell,
  IconBrandWechat,
  IconChartBar,
  IconHistory,
  IconKey,
  IconLogin2,
  IconUserShield,
  IconUsers,
  IconUsersGroup,
} from "@tabler/icons-react";
import { useMayAct } from "./use-operator.js";

const pages = [
  { to: "/overview", label: "overview", icon: IconChartBar },
  { to: "/people", label: "people", icon: IconUsers },
  { to: "/conflicts", label: "conflicts", icon: IconUsersGroup },
  { to: "/tokens", label: "tokens", icon: IconKey },
  { to: "/errors", label: "errors", icon: IconAlertTriangle },
  { to: "/sign-ins", label: "signIns", icon: IconLogin2 },
  { to: "/apps", label: "apps", icon: IconBrandWechat, needsRole: true },
  { to: "/alerts", label: "alerts", icon: IconBell },
  { to: "/hosts", label: "hosts", icon: IconApps, needsRole: true },
  { to: "/operators", label: "operators", icon: IconUserShield },
  { to: "/audit", label: "audit", icon: IconHistory },
] as const;

/** The pages that the menu and the command palette lead to, for the operator's role. */
export function usePages() {
  const mayAct = useMayAct();
  return pages.filter((page) => mayAct || !("needsRole" in page));
}
