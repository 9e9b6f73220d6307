import { icon } from "../pages/icons.js";
import type { Binding, Session } from "./client.js";
import { deviceName, isPhone } from "./devices.js";
import { button, element } from "./element.js";
import type { AccountTexts } from "./texts.js";
import { date, dateAndTime, relativeTime } from "./times.js";

export type RowContext = { readonly texts: AccountTexts; readonly language: string; readonly now: Date };

export function bindingRow(binding: Binding, { texts, language }: RowContext): HTMLElement {
  const since = element("time", { datetime: binding.boundAt }, texts.since(date(binding.boundAt, language)));
  return row(
    "bubble",
    element("p", { class: "row-title" }, element("bdi", {}, binding.nickname || texts.unnamedBinding)),
    element("p", { class: "row-detail" }, texts.kinds[binding.kind], " · ", since),
  );
}

export function sessionRow(
  session: Session,
  context: RowContext,
  onEnd: (row: HTMLElement) => void,
): HTMLElement {
  const { texts, language, now } = context;
  const device = deviceName(session.device, texts);
  const seen = element(
    "time",
    { datetime: session.lastSeenAt, title: dateAndTime(session.lastSeenAt, language) },
    texts.lastSeen(relativeTime(session.lastSeenAt, now, language, texts.justNow)),
  );
  const title = element("p", { class: "row-title" }, device);
  if (session.current) title.append(" ", element("span", { class: "badge" }, texts.thisBrowser));
  const details = [seen, ...(session.ip === null ? [] : [session.ip])];
  const item = row(
    isPhone(session.device.platform) ? "phone" : "desktop",
    title,
    ...details.map((detail) => element("p", { class: "row-detail" }, detail)),
  );
  if (!session.current) {
    const endButton = button(texts.endSession, "small", () => onEnd(item));
    endButton.setAttribute("aria-label", texts.endSessionOn(device));
    item.append(endButton);
  }
  return item;
}

function row(iconName: Parameters<typeof icon>[0], ...lines: HTMLElement[]): HTMLElement {
  const symbol = element("div", { class: "row-icon" });
  symbol.innerHTML = icon(iconName).source; // a constant of this package, so no untrusted markup
  return element("li", {}, symbol, element("div", { class: "row-text" }, ...lines));
}
