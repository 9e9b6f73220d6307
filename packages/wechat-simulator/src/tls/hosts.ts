/** WeChat's hosts: the API, and the pages. */
export const WECHAT_HOSTS: readonly string[] = ["api.weixin.qq.com", "open.weixin.qq.com"];

/** Also in the certificate, so that the TLS proxy works without mapping a name. */
export const LOCAL_HOST = "localhost";
export const LOCAL_ADDRESS = "127.0.0.1";
