import { Button, NativeSelect, Popover } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown, IconLock, IconLogout, IconShieldLock, IconUserCircle } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import type { Operator } from "../api/types.js";
import { timeZones, useTimeZoneChoice } from "../language/time-zone.js";
import { ChangePassword } from "./change-password.js";
import classes from "./operator-menu.module.css";
import { useSignOut } from "./use-sign-out.js";

export function OperatorMenu({ operator }: { operator: Operator }): ReactNode {
  const t = useTranslations("operator");
  const [menuOpened, menu] = useDisclosure(false);
  const [passwordOpened, password] = useDisclosure(false);
  const signOut = useSignOut();
  const { timeZone, setTimeZone } = useTimeZoneChoice();

  return (
    <>
      <Popover
        position="bottom-end"
        width={260}
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
          <NativeSelect
            px={12}
            pb={8}
            label={t("timeZone")}
            data={timeZones}
            value={timeZone}
            onChange={(event) => setTimeZone(event.currentTarget.value)}
          />
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
