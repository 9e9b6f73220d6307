/** A text in both of the simulator's languages. */
export interface Text {
  en: string;
  zh: string;
}

export type Language = keyof Text;
