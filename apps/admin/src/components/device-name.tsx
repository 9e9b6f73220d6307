import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Device } from "../api/types.js";

/** "WeChat · iOS" */
export function DeviceName({ device }: { device: Device }): ReactNode {
  const t = useTranslations("device");
  return (
    <span>
      {t(device.client)} · {t(device.platform)}
    </span>
  );
}
