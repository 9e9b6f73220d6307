import type { MessagesLike } from "./en.js";
import type { palette as english } from "./en-palette.js";

export const palette: MessagesLike<typeof english> = {
  palette: {
    title: "命令面板",
    label: "页面、操作、ID、编号、错误码或昵称",
    placeholder: "前往页面、执行操作或查找…",
    pages: "页面",
    acts: "操作",
    found: "查找结果",
    rawLog: "错误的原始日志",
    failedSignIns: "失败的登录",
    blockedPeople: "已封禁的用户",
    mergePeople: "合并两个用户",
    language: "切换到英文（English）",
    theme: "主题：{theme}",
    shortcuts: "键盘快捷键",
    signOut: "退出登录",
    searchFor: "搜索“{text}”",
    hit: {
      sign_in: "登录 {id}",
      person: "用户 {name}",
      failure: "失败的调用 {id}",
      errcode: "错误码 {errcode} 的错误",
      failures: "rid 为 {q} 的失败调用",
      sign_ins: "{q} 的登录记录",
      people: "昵称含“{q}”的用户",
      request: "请求 {number}",
    },
  },
  shortcuts: {
    title: "键盘快捷键",
    palette: "打开命令面板",
    search: "定位到搜索框",
    rows: "在列表各行之间移动",
    open: "打开该行；再按一次进入详情",
    close: "关闭打开的内容",
    help: "显示这份列表",
    note: "在输入框中打字时不起作用。",
  },
};
