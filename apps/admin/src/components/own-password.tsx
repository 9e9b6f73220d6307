import type { ReactNode } from "react";
import { useOperator } from "../shell/use-operator.js";
import { PasswordField } from "../ui/password-field.js";

/** Asks the operator for the password that they have, before a change of their own account. */
export function OwnPassword({
  label,
  value,
  onChange,
  error,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Shown under the field. */
  error: string | false;
}): ReactNode {
  return (
    <>
      {/* For password managers: the account whose password it is. */}
      <input
        className="visually-hidden"
        name="username"
        autoComplete="username"
        value={useOperator()?.username ?? ""}
        readOnly
        tabIndex={-1}
        aria-hidden
      />
      <PasswordField
        label={label}
        autoComplete="current-password"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        data-autofocus
      />
    </>
  );
}
