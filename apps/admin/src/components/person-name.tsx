import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { avatarSource } from "../format/avatar-source.js";
import { initials, visibleText } from "../format/text.js";
import { UntrustedText } from "../ui/untrusted-text.js";
import classes from "./person-name.module.css";

/** A nickname as its owner wrote it, or in grey words that there is none to see. */
export function Nickname({ nickname, clip = false }: { nickname: string | null; clip?: boolean }): ReactNode {
  const t = useTranslations("person");
  const visible = visibleText(nickname);
  if (visible !== null) return <UntrustedText text={visible} clip={clip} />;
  return <span className={classes.nameless}>{nickname === null ? t("noNickname") : t("blankNickname")}</span>;
}

/** The picture only from WeChat's hosts, and without telling them which page shows it; otherwise a letter. */
export function Avatar({
  nickname,
  avatarUrl,
  size = 28,
}: {
  nickname: string | null;
  avatarUrl: string | null;
  size?: number;
}): ReactNode {
  const source = avatarSource(avatarUrl);
  const [brokenSource, setBrokenSource] = useState<string | null>(null);
  const box = { width: size, height: size, fontSize: size * 0.45 };
  if (source === null || source === brokenSource) {
    return (
      <span className={classes.avatar} style={box} aria-hidden>
        {initials(nickname)}
      </span>
    );
  }
  return (
    <img
      className={classes.avatar}
      style={box}
      src={source}
      alt=""
      loading="lazy"
      referrerPolicy="no-referrer"
      onError={() => setBrokenSource(source)}
    />
  );
}
