import { Drawer, Modal } from "@mantine/core";
import type { ReactNode } from "react";
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

/** A panel at the side of the screen. On a phone it fills the screen unless `width` is small. */
export function SideDrawer({
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

/** A small dialog in the middle of the screen. */
export function ModalDialog({ opened, onClose, title, children }: DialogProps): ReactNode {
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      centered
      transitionProps={{ duration: 100, exitDuration: 0 }}
    >
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content {...{ [frontMark]: true }}>
        <div className={classes.head}>
          <Modal.Title className={classes.title ?? ""}>{title}</Modal.Title>
          <CloseButton as={Modal.CloseButton} />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function CloseButton({ as: Close }: { as: typeof Drawer.CloseButton | typeof Modal.CloseButton }): ReactNode {
  const t = useTranslations("common");
  return <Close aria-label={t("close")} />;
}
