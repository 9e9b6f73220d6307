import type { en } from "./en.js";
import type { MessagesLike } from "./messages-like.js";
import { pages } from "./zh-pages.js";
import { shared } from "./zh-shared.js";

/** 中文。A key that the English words have and these lack does not compile. */
export const zh: MessagesLike<typeof en> = { ...shared, ...pages };
