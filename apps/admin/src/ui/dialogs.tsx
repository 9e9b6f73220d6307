import { Drawer, CloseButton as MantineCloseButton, Modal } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { type ReactNode, useEffect, useEffectEvent, useId, useLayoutEffect, useRef } from "react";
import { useTranslations } from "use-intl";
import classes from "./dialogs.module.css";

interface DialogProps {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  children: ReactNode;
}

// Mantine's Drawer and Modal render a <header>, which screen readers take for a second page banner. So both are built from
// Mantine's parts here.

const frontMark = "data-front-dialog";

/**
 * A panel at the side of the screen. On a wide screen one on the right stands beside the list, which stays in use; otherwise it
 * is over the page, and on a phone fills the screen unless `width` is small.
 */
export function SideDrawer({
  side = "right",
  ...dialog
}: DialogProps & { side?: "left" | "right"; width?: string }): ReactNode {
  const isWide = useMediaQuery("(min-width: 75em)", undefined, { getInitialValueInEffect: false });
  if (side === "right" && isWide) return dialog.opened && <BesidePanel {...dialog} />;
  return <OverlayDrawer side={side} {...dialog} />;
}

function BesidePanel({ onClose, title, children }: DialogProps): ReactNode {
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  const closeOnEscape = useEffectEvent((event: KeyboardEvent) => {
    const isInFront = document.querySelectorAll('[role="dialog"]').length === 1;
    if (event.key === "Escape" && !event.isComposing && isInFront) onClose();
  });
  useEffect(() => {
    // Before Mantine's listeners: a dialog in front is still there then, and Escape is for it alone.
    const listener = (event: KeyboardEvent) => closeOnEscape(event);
    addEventListener("keydown", listener, { capture: true });
    return () => removeEventListener("keydown", listener, { capture: true });
  }, []);
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => {
      if (panel.current?.contains(document.activeElement) && before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <section ref={panel} role="dialog" aria-labelledby={titleId} className={classes.beside} data-beside>
      <div className={classes.head} data-sticky>
        <h2 id={titleId} className={classes.title} tabIndex={-1}>
          {title}
        </h2>
        <CloseButton as={MantineCloseButton} onClick={onClose} />
      </div>
      <div className={classes.body}>{children}</div>
    </section>
  );
}

function OverlayDrawer({
  opened,
  onClose,
  title,
  children,
  side = "right",
  width = "min(680px, 100vw)",
}: DialogProps & { side?: "left" | "right"; width?: string }): ReactNode {
  return (
    <Drawer.Root
      opened={opened}
      onClose={() => {
        // Escape is for the dialog in front alone: Mantine tells both.
        if (document.querySelector(`[${frontMark}]`) === null) onClose();
      }}
      position={side}
      size={width}
      // The content is removed at once on close; without this an empty drawer would slide away.
      transitionProps={{ duration: 140, exitDuration: 0 }}
    >
      <Drawer.Overlay backgroundOpacity={0.28} />
      <Drawer.Content>
        <div className={classes.head} data-sticky>
          {/* The focus starts at the title: screen readers read it, and no control looks selected. */}
          <Drawer.Title className={classes.title ?? ""} tabIndex={-1} data-autofocus>
            {title}
          </Drawer.Title>
          <CloseButton as={Drawer.CloseButton} />
        </div>
        <Drawer.Body className={classes.body ?? ""}>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}

/**
 * A small dialog in the middle of the screen, or a `bare` one near its top whose title is for screen readers only. One that is
 * `held` is not closed by Escape, by a click beside it or by a button in its corner.
 */
export function ModalDialog({
  opened,
  onClose,
  title,
  bare = false,
  held = false,
  children,
}: DialogProps & { bare?: boolean; held?: boolean }): ReactNode {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      centered={!bare}
      closeOnEscape={!held}
      closeOnClickOutside={!held}
      transitionProps={{ duration: 100, exitDuration: 0 }}
    >
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content {...{ [frontMark]: true }}>
        <div className={bare ? "visually-hidden" : classes.head}>
          <Modal.Title className={classes.title ?? ""}>{title}</Modal.Title>
          {!bare && !held && <CloseButton as={Modal.CloseButton} />}
        </div>
        <Modal.Body {...(bare && { p: 0 })}>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function CloseButton({
  as: Close,
  onClick,
}: {
  as: typeof Drawer.CloseButton | typeof Modal.CloseButton | typeof MantineCloseButton;
  onClick?: () => void;
}): ReactNode {
  const t = useTranslations("common");
  return <Close aria-label={t("close")} {...(onClick && { onClick })} />;
}
