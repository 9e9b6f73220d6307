import { z } from "zod/mini";

/**
 * The CSP allows a style tag only with this response's nonce, which the api writes into
 * `<meta name="csp-nonce">`. Mantine takes it through `getStyleNonce`; react-remove-scroll, which Mantine's
 * drawer uses, reads webpack's global.
 */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

declare global {
  var __webpack_nonce__: string | undefined;
}
globalThis.__webpack_nonce__ = styleNonce;

// Otherwise zod tries `new Function` once, which the CSP blocks and the browser reports.
z.config({ jitless: true });
