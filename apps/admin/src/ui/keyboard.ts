/** A key that the operator presses for the console: not for a field, an input method, a dialog in front or the browser. */
export function isForConsole(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.altKey || event.metaKey) return false;
  return !event.defaultPrevented && !event.isComposing && !isBusy(event.target);
}

/** The operator types, or a dialog in front has the keyboard. */
export function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('[aria-modal="true"]')) return true;
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}
