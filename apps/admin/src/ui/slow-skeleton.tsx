import { Skeleton } from "@mantine/core";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslations } from "use-intl";

const SLOW_MS = 300;

/** Grey bars, but only when the answer takes its time: what comes at once must not flicker first. */
export function SlowSkeleton({ lines = 8 }: { lines?: number }): ReactNode {
  const t = useTranslations("common");
  const [isSlow, setIsSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsSlow(true), SLOW_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" style={{ display: "grid", gap: 14, padding: 16, minHeight: lines * 28 }}>
      <span className="heard-only">{t("loading")}</span>
      {isSlow &&
        Array.from({ length: lines }, (_, line) => (
          <Skeleton key={line} height={14} radius="sm" width={`${96 - ((line * 17) % 40)}%`} />
        ))}
    </div>
  );
}
