import { isPageErrorCode, pageError } from "../page-errors.js";

/** The numbered page errors, for whoever plans one. */
export function listPageErrors(): { errcode: number; errmsg: string }[] {
  const numbers = Array.from({ length: 100 }, (_, index) => 10_000 + index);
  return numbers.filter(isPageErrorCode).map((errcode) => ({ errcode, errmsg: pageError(errcode).message }));
}
