import { type Endpoint, ResponseError, WeChatApiError } from "./errors.js";
import { parseJson } from "./parse-json.js";
import { containsAny, readErrmsg } from "./redact.js";
import type { WireAnswer } from "./transport.js";

type Fields = Record<string, unknown>;

/** Longer than any token seen (about 160) and than the 512 that WeChat asks to reserve for one. */
const maxTextLength = 4096;

/** Any answer may contain a shorter text by chance. Real secrets, codes and tokens have 32 characters and more. */
const minEchoLength = 8;

/** Observed ids have 28 or 29 characters of this alphabet; the documents promise no length. */
const idPattern = /^[A-Za-z0-9_-]{1,128}$/;
const unionidPattern = /^[A-Za-z0-9_-]{10,128}$/;
/** `undefined`, written again and again, has 6 different ones; of 28 random characters 7 or fewer practically never occur. */
const minUnionidCharacters = 7;

/** Real values are at most 7200; the longest lifetime that WeChat documents is a refresh token's 30 days. */
const maxLifetimeSeconds = 30 * 86_400;

/**
 * WeChat's JSON answer, parsed and known not to be a refusal. Its fields are checked when they are read.
 *
 * Success and failure are decided on parsed fields alone: WeChat sends failures under HTTP 200, some
 * successes with `errcode: 0`, JSON as text/plain, and numbers may come as text.
 */
export class Answer {
  private constructor(
    private readonly endpoint: Endpoint,
    private readonly httpStatus: number,
    private readonly fields: Fields,
    private readonly wire: string,
  ) {}

  /**
   * @param sent the request's secrets, codes and tokens, which must not appear in an errmsg
   * @throws {WeChatApiError} `errcode` is there and is not 0, whatever the HTTP status
   * @throws {ResponseError} HTTP_STATUS: not 200 and no errcode · BAD_JSON · BAD_SHAPE: not an object
   */
  static parse(endpoint: Endpoint, { httpStatus, text }: WireAnswer, sent: readonly string[]): Answer {
    const value = parseJson(text);
    const fields = isFields(value) ? value : undefined;
    const errcode = fields?.errcode === undefined ? 0 : toInteger(fields.errcode);
    if (fields && errcode) {
      const { errmsg, rid } = readErrmsg(fields.errmsg, sent);
      throw new WeChatApiError(endpoint, errcode, errmsg, rid);
    }
    if (httpStatus !== 200) throw new ResponseError(endpoint, "HTTP_STATUS", httpStatus);
    // Without the parser's error as cause: it quotes the text, which may hold fresh tokens.
    if (value === undefined) {
      throw new ResponseError(
        endpoint,
        "BAD_JSON",
        httpStatus,
        `${text.length} characters that are not JSON`,
      );
    }
    if (!fields) throw new ResponseError(endpoint, "BAD_SHAPE", httpStatus, "not a JSON object");
    const answer = new Answer(endpoint, httpStatus, fields, text);
    if (errcode === undefined) throw answer.badShape("errcode is not a number");
    return answer;
  }

  /** @throws {ResponseError} BAD_SHAPE unless it is a text that is not blank */
  text(name: string): string {
    const value = this.fields[name];
    if (typeof value === "string" && value.trim() !== "" && value.length <= maxTextLength) return value;
    throw this.badShape(`${name} is missing, empty or too long`);
  }

  /** @throws {ResponseError} BAD_SHAPE unless it looks like one of WeChat's ids */
  id(name: string): string {
    const value = this.text(name);
    if (idPattern.test(value)) return value;
    throw this.badShape(`${name} has characters that an id cannot have`);
  }

  /**
   * The unionid, if it is valid. A placeholder such as "null", "0000000000" or "nullnullnull" must not merge two people into
   * one, so a value that is too short, has other characters or repeats a few counts as absent.
   */
  unionid(): string | undefined {
    const value = this.fields.unionid;
    const isValid = typeof value === "string" && unionidPattern.test(value);
    return isValid && new Set(value.toLowerCase()).size >= minUnionidCharacters ? value : undefined;
  }

  /** Whether the answer contains one of these values anywhere, in any encoding. */
  echoes(values: readonly string[]): boolean {
    // WeChat's record of a call contains everything that was sent; getRequest masks its texts.
    if (this.endpoint === "cgi-bin/openapi/rid/get") return false;
    return containsAny(
      this.wire,
      values.filter((value) => value.length >= minEchoLength),
    );
  }

  /** @returns undefined when it is absent or empty */
  optionalText(name: string): string | undefined {
    const value = this.fields[name] ?? "";
    return typeof value === "string" && value.trim() === "" ? undefined : toWellFormed(this.text(name));
  }

  /** @throws {ResponseError} BAD_SHAPE unless it is text, which may be empty or blank */
  anyText(name: string, longest: number = maxTextLength): string {
    const value = this.fields[name];
    if (typeof value === "string" && value.length <= longest) return toWellFormed(value);
    throw this.badShape(`${name} is missing or too long`);
  }

  /** @throws {ResponseError} BAD_SHAPE unless it is a whole number above 0, as number or text */
  lifetimeSeconds(name: string): number {
    const value = toInteger(this.fields[name]) ?? 0;
    if (value > 0 && value <= maxLifetimeSeconds) return value;
    throw this.badShape(`${name} is not a plausible number of seconds`);
  }

  /** @throws {ResponseError} BAD_SHAPE unless it is a whole number, 0 or above, as number or text */
  count(name: string): number {
    const value = this.optionalCount(name);
    if (value !== undefined) return value;
    throw this.badShape(`${name} is not a whole number`);
  }

  /** @returns undefined unless it is a whole number, 0 or above */
  optionalCount(name: string): number | undefined {
    const value = toInteger(this.fields[name]) ?? -1;
    return value >= 0 ? value : undefined;
  }

  /** Unix seconds as a Date. @throws {ResponseError} BAD_SHAPE where {@link optionalTime} is undefined */
  time(name: string): Date {
    const value = this.optionalTime(name);
    if (value !== undefined) return value;
    throw this.badShape(`${name} is not a time`);
  }

  /** @returns undefined for 0, for a value that is not a whole number, and for one beyond the range of a Date */
  optionalTime(name: string): Date | undefined {
    const date = new Date((this.optionalCount(name) ?? 0) * 1000);
    return date.getTime() > 0 ? date : undefined;
  }

  /** The whole numbers of a list; any other value counts as an empty list. */
  counts(name: string): number[] {
    const value = this.fields[name];
    return Array.isArray(value) ? value.map(toInteger).filter((item) => item !== undefined) : [];
  }

  /** A flag such as `is_snapshotuser`: 1 when set, absent when not. */
  isSet(name: string): boolean {
    // Number() would overflow the stack on deeply nested lists.
    return this.fields[name] === true || toInteger(this.fields[name]) === 1;
  }

  /** The texts of a list; any other value counts as an empty list. */
  list(name: string): string[] {
    const value = this.fields[name];
    return Array.isArray(value) ? value.filter((item) => typeof item === "string").map(toWellFormed) : [];
  }

  /** Whether the field is present and not null. */
  has(name: string): boolean {
    return (this.fields[name] ?? undefined) !== undefined;
  }

  /** @throws {ResponseError} BAD_SHAPE unless it is an object */
  part(name: string): Answer {
    const value = this.fields[name];
    if (isFields(value)) return this.inside(value);
    throw this.badShape(`${name} is not an object`);
  }

  /** @throws {ResponseError} BAD_SHAPE unless it is a list; entries that are not objects are skipped */
  parts(name: string): Answer[] {
    const value = this.fields[name];
    if (Array.isArray(value)) return value.filter(isFields).map((fields) => this.inside(fields));
    throw this.badShape(`${name} is not a list`);
  }

  /** @throws {ResponseError} BAD_SHAPE unless the answer has `errcode: 0` */
  ok(): true {
    if (this.has("errcode")) return true;
    throw this.badShape("errcode is missing");
  }

  /** @throws {ResponseError} BAD_SHAPE when the answer is about another openid than the request */
  assertOpenid(openid: string): void {
    if (this.text("openid") !== openid) throw this.badShape("openid is not the requested one");
  }

  /** As WeChat sent it, tokens included. */
  raw(): Record<string, unknown> {
    return this.fields;
  }

  private inside(fields: Fields): Answer {
    return new Answer(this.endpoint, this.httpStatus, fields, this.wire);
  }

  /** @param detail names fields, never their values */
  badShape(detail: string, options?: ErrorOptions): ResponseError {
    return new ResponseError(this.endpoint, "BAD_SHAPE", this.httpStatus, detail, options);
  }
}

function isFields(value: unknown): value is Fields {
  return value instanceof Object && !Array.isArray(value);
}

/** Replaces lone surrogates, as at the end of a cut nickname: databases refuse them, and `encodeURIComponent` throws. */
function toWellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "\ufffd");
}

/** @returns undefined unless the value is a whole number or the text of one. */
function toInteger(value: unknown): number | undefined {
  const number = typeof value === "string" && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}
