import { z } from "zod/mini";

/**
 * The page's policy allows a style tag only with the nonce of this very answer, which the api writes
 * into `<meta name="csp-nonce">`. Mantine asks us for it; react-remove-scroll, which Mantine's drawer
 * uses, looks for the global that webpack made customary.
 */
export const styleNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

declare global {
  var __webpack_nonce__: string | undefined;
}
globalThis.__webpack_nonce__ = styleNonce;

// zod would otherwise try `new Function` once, which the policy refuses and the browser reports.
z.config({ jitless: true });
