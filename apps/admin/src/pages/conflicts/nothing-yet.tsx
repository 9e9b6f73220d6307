import { IconUsersGroup } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Notice } from "../../ui/notice.js";

/** An empty list of conflicts is good news: it needs no hint how to get some. */
export function NothingYet({ title, reason }: { title: string; reason: string }): ReactNode {
  return <Notice icon={IconUsersGroup} title={title} body={reason} />;
}
