/** A file as a web server gives it out. */
export interface VerifyFile {
  /** From the host's root, such as `/MP_verify_HzPnYOUNdYYAAAAA.txt`. */
  path: string;
  /** Answer it as `text/plain`, under 200, without a redirect. */
  body: string;
}

const namePattern = /^MP_verify_([A-Za-z0-9]{16})\.txt$/;

/**
 * The file by which WeChat's console checks that a domain is yours, ready to be served. The console gives it for
 * download; its whole content is the 16 characters of its name.
 *
 * @throws {TypeError} a name of another form (so that no other path can be served), or the content of another file
 */
export function mpVerifyFile(name: string, content: string): VerifyFile {
  const token = namePattern.exec(name)?.[1];
  if (token === undefined) throw new TypeError("name must be like MP_verify_AbCdEfGh01234567.txt");
  // Editors add a byte order mark or a line break, which are not part of it.
  if (content.trim() !== token) throw new TypeError("content must be the 16 characters of the file's name");
  return { path: `/${name}`, body: token };
}
