import { Button, Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconLock, IconLogout, IconShieldLock, IconUserCircle } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { clearOperator, isSignedOut, trpc } from "../api/client.js";
import type { Operator } from "../api/types.js";
import { useNotify } from "../ui/use-notify.js";
import { ChangePassword } from "./change-password.js";
import classes from "./operator-menu.module.css";

export function OperatorMenu({ operator }: { operator: Operator }): ReactNode {
  const t = useTranslations("operator");
  const notify = useNotify();
  const [menuOpened, menu] = useDisclosure(false);
  const [passwordOpened, password] = useDisclosure(false);
  const signOut = useMutation(
    trpc.operator.signOut.mutationOptions({
      onSuccess: clearOperator,
      // The operator must not believe to be signed out while the session continues.
      onError(error) {
        if (!isSignedOut(error)) notify("error", t("signOutFailed"));
      },
    }),
  );

  return (
    <>
      <Popover
        position="bottom-end"
        width={230}
        opened={menuOpened}
        onChange={menu.close}
        onDismiss={menu.close}
        transitionProps={{ duration: 0 }}
        trapFocus
        returnFocus
      >
        <Popover.Target>
          <Button
            variant="subtle"
            color="gray"
            c="var(--mantine-color-text)"
            size="compact-md"
            fz={13}
            fw={500}
            px={6}
            aria-label={t("menu", { username: operator.username })}
            leftSection={<IconUserCircle size={20} stroke={1.6} aria-hidden />}
            rightSection={<IconChevronDown size={14} aria-hidden />}
            classNames={{ label: classes.username ?? "", root: classes.button ?? "" }}
            onClick={menu.toggle}
          >
            {operator.username}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={4}>
          <div className={classes.account}>
            <strong>{operator.username}</strong>
            <span>{t(`role.${operator.role}`)}</span>
          </div>
          {!operator.mustEnrol && (
            <button type="button" className={classes.item} onClick={openPassword}>
              <IconLock size={16} stroke={1.7} aria-hidden />
              {t("changePassword")}
            </button>
          )}
          <Link to="/security" className={classes.item} onClick={menu.close}>
            <IconShieldLock size={16} stroke={1.7} aria-hidden />
            {t("security")}
          </Link>
          <button type="button" className={classes.item} onClick={() => signOut.mutate()}>
            <IconLogout size={16} stroke={1.7} aria-hidden />
            {t("signOut")}
          </button>
        </Popover.Dropdown>
      </Popover>
      <ChangePassword opened={passwordOpened} onClose={password.close} />
    </>
  );

  function openPassword() {
    menu.close();
    password.open();
  }
}
