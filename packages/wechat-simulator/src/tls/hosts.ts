/** Where WeChat answers: the API, and the pages that people are sent to. */
export const WECHAT_HOSTS: readonly string[] = ["api.weixin.qq.com", "open.weixin.qq.com"];

/** Names the certificate is for, so that the front can be tried out without mapping a name. */
export const LOCAL_HOST = "localhost";
export const LOCAL_ADDRESS = "127.0.0.1";
