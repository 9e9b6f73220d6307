import type { FailurePageName, Language } from "api/pages";

/** A page's title, and a sentence on what happened or what to do. */
export type Message = { readonly title: string; readonly sentence: string };

/** The type of both languages, so that a text missing in one of them does not compile. */
export type Texts = {
  /** For `<html lang>`, with a region for Chinese: phones choose the shapes of its characters by the region. */
  readonly htmlLang: string;
  readonly otherLanguage: { readonly language: Language; readonly htmlLang: string; readonly name: string };
  readonly privacy: string;
  /** A link to the privacy notice, above the button by which a person agrees. */
  readonly agreement: string;
  readonly noticeVersion: string;
  readonly terms: string;
  readonly signIn: string;
  readonly backToAccount: string;
  /** To the site that made a bind link. */
  readonly backToHost: string;
  readonly redirecting: { readonly busy: string; readonly slow: string; readonly retry: string };
  readonly copy: {
    readonly link: string;
    readonly number: string;
    readonly done: string;
    /** The text is selected, but the browser did not allow copying it. */
    readonly selected: string;
  };
  readonly linkLabel: string;
  readonly numberLabel: string;
  readonly home: Message;
  readonly signedOut: Message;
  readonly accountDeleted: Message & { readonly action: string };
  /** A new person is asked to show their profile. */
  readonly profile: ConsentMessage;
  /** A known person, who is signed in, is asked the same. */
  readonly missingProfile: ConsentMessage;
  /** A known person is asked whether WeChat may say who they are in the site's other apps. */
  readonly unionid: ConsentMessage;
  /** A host application's user is asked whether to connect WeChat. */
  readonly bindLink: Message & {
    readonly wechat: string;
    /** In place of a nickname, where no person is signed in in this browser. */
    readonly wechatNext: string;
    /** Beside the name of the person who is signed in here: another one may be in WeChat. */
    readonly wechatOther: string;
    readonly warning: string;
    readonly confirm: string;
    readonly cancel: string;
  };
  readonly openInWechat: UnsupportedClientMessage;
  readonly scanWithPhone: UnsupportedClientMessage & { readonly qrLabel: string; readonly qrHint: string };
  readonly openOnDesktop: UnsupportedClientMessage;
  readonly wecom: UnsupportedClientMessage;
  readonly miniProgram: UnsupportedClientMessage;
  readonly account: {
    readonly title: string;
    readonly description: string;
    readonly unnamedPerson: string;
    readonly refreshProfile: string;
    /** Beside the notice that WeChat does not allow to read the profile. */
    readonly showProfile: string;
    readonly signedIn: string;
    readonly cancel: string;
    readonly notices: { readonly [notice in AccountNotice]: string };
    readonly bindings: string;
    readonly unnamedBinding: string;
    readonly kinds: { readonly [kind in AppKind]: string };
    /** For a binding in an app that is not in the settings any more. */
    readonly appIsGone: string;
    /** Each stands before a date or a time. */
    readonly boundOn: string;
    readonly lastUsed: string;
    readonly remove: string;
    readonly removeQuestion: string;
    readonly removeConfirm: string;
    readonly onlyBinding: string;
    readonly add: string;
    readonly sessions: string;
    readonly clients: { readonly [client in Client]: string };
    readonly thisBrowser: string;
    readonly endSession: string;
    readonly actions: string;
    readonly switch: string;
    readonly signOut: string;
    readonly download: string;
    readonly signOutEverywhere: string;
    readonly signOutEverywhereQuestion: string;
    readonly signOutEverywhereConfirm: string;
    readonly delete: string;
    /** What goes at once, and what stays until when: two paragraphs. */
    readonly deleteQuestion: string;
    readonly deleteKept: string;
    readonly deleteConfirm: string;
  };
  readonly failures: { readonly [page in FailurePageName]: Message & { readonly action: string } };
};

type ProfileNotice = `profile-${"updated" | "unchanged" | "not-allowed" | "unanswered" | "too-soon"}`;

export type ConsentMessage = Message & {
  /** What is asked, and what is not. */
  readonly points: readonly [Message, Message];
  readonly continue: string;
  readonly cancel: string;
};
type AccountNotice = "added" | "already-added" | "removed" | "last-binding" | "session-ended" | ProfileNotice;
type AppKind = "official_account" | "website";
type Client = "wechat" | "wecom" | "wechat_devtools" | "mini_program" | "browser";

type UnsupportedClientMessage = Message & { readonly anyway: string };
