/** A sentence in both languages that the simulator speaks. */
export interface Text {
  en: string;
  zh: string;
}

export type Language = keyof Text;
