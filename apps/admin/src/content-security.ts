import { z } from "zod/mini";

/**
 * The nonce of this response, without which the Content-Security-Policy blocks a style tag. The api writes it into
 * `<meta name="csp-nonce">`. Mantine gets it through `getStyleNonce`; react-remove-scroll, which Mantine's drawer
 * uses, gets it from webpack's global variable.
 */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

declare global {
  var __webpack_nonce__: string | undefined;
}
globalThis.__webpack_nonce__ = styleNonce;

// By default zod tests once whether `new Function` works. The CSP blocks that, and the browser reports it as an error.
z.config({ jitless: true });
