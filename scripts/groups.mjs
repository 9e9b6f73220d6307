// `npm run groups -- preview`: says what a `group` in WECHAT_APPS would do to the people who are known already.
import { runApiProgram } from "./api-program.mjs";

process.exitCode = await runApiProgram("groups");
