import { Anchor } from "@mantine/core";
import { IconSeeding } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Notice } from "../ui/notice.js";

/** Shown as long as the system has nothing of this kind: tells how to get some. */
export function EmptyList({ title, why }: { title: string; why?: string }): ReactNode {
  const t = useTranslations("empty");
  return (
    <Notice
      icon={IconSeeding}
      title={title}
      body={
        <>
          {why && <>{why} </>}
          {t.rich("gettingStarted", {
            // The sign-in page lies outside the console: a plain link, not one of the router's.
            link: (chunks) => (
              <Anchor href="/login/account" inherit underline="always">
                {chunks}
              </Anchor>
            ),
            code: (chunks) => <code>{chunks}</code>,
          })}
        </>
      }
    />
  );
}
