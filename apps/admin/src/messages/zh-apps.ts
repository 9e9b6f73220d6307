import type { MessagesLike } from "./en.js";
import type { apps as english } from "./en-apps.js";

export const apps: MessagesLike<typeof english> = {
  apps: {
    title: "微信应用",
    description: "每个应用和本服务有什么问题，能查的都在这里。",
    checked: "检查于 <when></when>：每个应用和本服务有什么问题，能查的都在这里。",
    site: "本服务",
    states: { ok: "正常", warning: "注意", problem: "问题", unknown: "未知" },
    problems: "{problems, number} 个问题{warnings, plural, =0 {} other {，# 项注意}}",
    warnings: "{warnings, number} 项注意",
    sound: "没有问题",
    toTokens: "它的令牌",
  },
};
