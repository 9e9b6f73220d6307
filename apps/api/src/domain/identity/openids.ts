// The shapes that wechat-oauth takes from WeChat's answers: an id of another shape never comes back from WeChat.

export const isOpenid = (text: string): boolean => /^[A-Za-z0-9_-]{1,128}$/.test(text);

/** A placeholder of another system, such as "nullnullnull", has few different characters: it would make many people one. */
const minUnionidCharacters = 7;

export const isUnionid = (text: string): boolean =>
  /^[A-Za-z0-9_-]{10,128}$/.test(text) && new Set(text.toLowerCase()).size >= minUnionidCharacters;
