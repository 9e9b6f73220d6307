/** The same keys all the way down, each with a text of its own. */
export type MessagesLike<Messages> = {
  readonly [Key in keyof Messages]: Messages[Key] extends string ? string : MessagesLike<Messages[Key]>;
};
