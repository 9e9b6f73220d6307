/**
 * Is this WeChat's own browser? A phone's, a desktop's or the developer tools'.
 *
 * WeCom (企业微信) says MicroMessenger too and is not WeChat, so it is asked for first. "Windows Phone" proves nothing.
 */
export function isWeChat(userAgent: string): boolean {
  if (/wxwork\//i.test(userAgent)) return false;
  return /MicroMessenger\//i.test(userAgent);
}
