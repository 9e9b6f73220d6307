import { type ReactNode, useState } from "react";
import { useTranslations } from "use-intl";
import { avatarSource } from "../format/avatar-source.js";
import { initial, visibleText } from "../format/text.js";
import { UntrustedText } from "../ui/untrusted-text.js";
import classes from "./person-name.module.css";

/** The nickname as the person wrote it, or a grey text when nothing of it is visible. */
export function Nickname({ nickname, clip = false }: { nickname: string | null; clip?: boolean }): ReactNode {
  const t = useTranslations("person");
  const visible = visibleText(nickname);
  if (visible !== null) return <UntrustedText text={visible} clip={clip} />;
  return <span className={classes.noName}>{nickname === null ? t("noNickname") : t("blankNickname")}</span>;
}

/** The nickname on one line; where it is absent, or masked for a viewer, with the end of the id that tells people apart. */
export function NameInList({ nickname, userId }: { nickname: string | null; userId: string }): ReactNode {
  const visible = visibleText(nickname);
  if (visible !== null && !visible.includes("…")) return <UntrustedText text={visible} clip />;
  return (
    <span className={classes.inList}>
      <Nickname nickname={nickname} clip />
      <bdi className={classes.tail}>{userId.slice(-8)}</bdi>
    </span>
  );
}

/** The same as plain text, for a label. */
export function useNameInList(): (person: { nickname: string | null; userId: string }) => string {
  const t = useTranslations("person");
  return ({ nickname, userId }) => {
    const visible = visibleText(nickname);
    if (visible !== null && !visible.includes("…")) return visible;
    const name = visible ?? (nickname === null ? t("noNickname") : t("blankNickname"));
    return `${name} ${userId.slice(-8)}`;
  };
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
