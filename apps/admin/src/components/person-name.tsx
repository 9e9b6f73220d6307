import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { avatarSource } from "../format/avatar-source.js";
import { initial, visibleText } from "../format/text.js";
import { UntrustedText } from "../ui/untrusted-text.js";
import classes from "./person-name.module.css";

/** The nickname as the person wrote it, or a grey text when nothing of it is visible. */
export function Nickname({ nickname, clip = false }: { nickname: string | null; clip?: boolean }): ReactNode {
  const nameOf = useNameOf();
  const visible = visibleText(nickname);
  if (visible !== null) return <UntrustedText text={visible} clip={clip} />;
  return <span className={classes.noName}>{nameOf(nickname)}</span>;
}

/** The nickname as a plain text, for a title or a label. */
export function useNameOf(): (nickname: string | null) => string {
  const t = useTranslations("person");
  return (nickname) => visibleText(nickname) ?? (nickname === null ? t("noNickname") : t("blankNickname"));
}

/** The picture if it is on WeChat's hosts, loaded without a referrer; otherwise a letter. */
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
        {initial(nickname)}
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
