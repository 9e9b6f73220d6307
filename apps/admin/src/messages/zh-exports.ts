import type { MessagesLike } from "./en.js";
import type { exportTexts as en } from "./en-exports.js";

/** 导出与实时列表的文字。 */
export const exportTexts: MessagesLike<typeof en> = {
  exports: {
    export: "导出",
    which: "当前筛选下的全部记录",
    csv: "CSV（用表格软件打开）",
    ndjson: "NDJSON（每行一个 JSON 对象）",
    rows: "正在导出：{count, number} 行",
    cancelAt: "正在导出：{count, number} 行。取消导出",
    done: "已保存 {count, number} 行。",
    cancelled: "导出已取消，没有保存文件。",
    inBrowser: "文件由浏览器保存，可在浏览器的下载列表里查看进度或取消。",
    cutOff: "导出中断，没有保存文件，请重试。",
    tooMany: "同时进行的导出太多，请等其中一个结束，或取消一个。",
    refused: "服务器没有导出这个列表。",
  },
  live: {
    live: "实时",
    description: "新记录出现时自动显示",
    pause: "暂停",
    goOn: "继续",
    paused: "已暂停",
    state: { off: "未连接", connecting: "正在连接…", live: "实时更新中", lost: "连接已断开，正在重试…" },
    failed: "记录没有加载出来",
    fresh: "{count, number} 条新记录",
    atLeast: "{count, number} 条以上新记录",
  },
};
