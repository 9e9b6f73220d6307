import type { ReactNode } from "react";
import { shortenMiddle } from "../format/shorten.js";

/** The app's key from the settings; of an app that was since removed from them, its WeChat id. */
export function AppName({ appKey, appId }: { appKey: string | null; appId: string }): ReactNode {
  return <bdi title={appId}>{appKey ?? shortenMiddle(appId)}</bdi>;
}
