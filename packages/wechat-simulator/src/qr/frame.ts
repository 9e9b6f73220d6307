import { decode, findRaw, parseRawQuery } from "../input/raw-query.js";

/** How the QR page looks inside an app's page: the options that wxLogin.js adds to the link. */
export interface Frame {
  /** `login_type=jssdk`: in a frame, so the page shows little more than the code. */
  embedded: boolean;
  /** Whether the callback opens in the frame instead of the whole window. */
  selfRedirect: boolean;
  /** `white` is for dark pages. */
  style: "black" | "white";
  /** The slim layout; the stylesheet is then ignored. */
  slim: boolean;
  /** The app's own stylesheet, and its source for the content security policy. */
  stylesheet?: { href: string; source: string };
}

/** Reads the options of wxLogin.js. `fast_login` uses a desktop WeChat on this machine, which is not simulated. */
export function readFrame(url: string): Frame {
  const parameters = parseRawQuery(url);
  const value = (name: string) => decode(findRaw(parameters, name) ?? "") ?? "";
  const slim = value("stylelite") === "1";
  const stylesheet = slim ? undefined : readStylesheet(value("href"));
  return {
    embedded: value("login_type") === "jssdk",
    selfRedirect: value("self_redirect") === "true",
    style: value("style") === "white" ? "white" : "black",
    slim,
    ...(stylesheet === undefined ? {} : { stylesheet }),
  };
}

/** An https URL, or CSS in a data URL; anything else is ignored. */
function readStylesheet(href: string): Frame["stylesheet"] {
  if (/^data:text\/css;base64,[A-Za-z0-9+/=]+$/.test(href)) return { href, source: "data:" };
  const url = URL.canParse(href) ? new URL(href) : undefined;
  return url?.protocol === "https:" ? { href: url.href, source: url.origin } : undefined;
}
