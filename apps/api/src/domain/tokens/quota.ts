/** How often WeChat allows each a day; of the ticket it says nothing. */
export const dailyQuota = { access_token: 500_000, jsapi_ticket: null } as const;

/** WeChat's days begin at midnight in Beijing. */
const beijingOffsetMs = 8 * 3_600_000;
const dayMs = 86_400_000;

export const startOfWeChatDay = (now: Date): Date =>
  new Date(Math.floor((now.getTime() + beijingOffsetMs) / dayMs) * dayMs - beijingOffsetMs);
