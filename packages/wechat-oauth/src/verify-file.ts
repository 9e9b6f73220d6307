/** The file that WeChat fetches to verify a domain: serve `body` at `path`. */
export interface VerifyFile {
  /** The path of its URL, such as `/MP_verify_HzPnYOUNdYYAAAAA.txt`. */
  path: string;
  /** Serve it as `text/plain` with status 200, without a redirect. */
  body: string;
}

const namePattern = /^MP_verify_([A-Za-z0-9]{16})\.txt$/;

/**
 * The file by which WeChat's console verifies that you own a domain, ready to be served. The console offers it for
 * download; its whole content is the 16 characters in its name.
 *
 * @throws {TypeError} `name` has another form (so that no other path can be served), or `content` does not match it
 */
export function mpVerifyFile(name: string, content: string): VerifyFile {
  const token = namePattern.exec(name)?.[1];
  if (token === undefined) throw new TypeError("name must be like MP_verify_AbCdEfGh01234567.txt");
  // Editors may add a byte order mark or a line break.
  if (content.trim() !== token) throw new TypeError("content must be the 16 characters in the file's name");
  return { path: `/${name}`, body: token };
}
