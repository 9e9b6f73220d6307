import { Html } from "./html.js";

// Drawn on a 24 × 24 grid with one line weight, so that they look alike. They are decorative, hence aria-hidden: the
// title beside them has the same meaning.
const shapes = {
  bubble:
    '<path d="M12 3.8c-4.9 0-8.8 3.3-8.8 7.4 0 2.4 1.3 4.5 3.4 5.8l-.7 3 3.3-1.6c.9.2 1.8.3 2.8.3 4.9 0 8.8-3.3 8.8-7.5s-3.9-7.4-8.8-7.4z"/><path d="M8.6 11.4l2.4 2.4 4.5-4.8"/>',
  door: '<path d="M13.5 4.5h-6a2 2 0 0 0-2 2v11a2 2 0 0 0 2 2h6"/><path d="M10.5 12h9M16.2 8.7l3.3 3.3-3.3 3.3"/>',
  person: '<circle cx="12" cy="8.2" r="3.7"/><path d="M4.8 19.8c.6-3.7 3.5-6 7.2-6s6.6 2.3 7.2 6"/>',
  rings: '<circle cx="9" cy="12" r="5.3"/><circle cx="15" cy="12" r="5.3"/>',
  shield:
    '<path d="M12 3.5l7 2.5v5.3c0 4.3-2.9 7.5-7 9.2-4.1-1.7-7-4.9-7-9.2V6z"/><path d="M8.9 11.9l2.2 2.2 4-4.1"/>',
  phone: '<rect x="7" y="3" width="10" height="18" rx="2.2"/><path d="M11 17.9h2"/>',
  desktop: '<rect x="3" y="4.5" width="18" height="11.7" rx="1.8"/><path d="M8.5 20h7M12 16.2V20"/>',
  briefcase:
    '<rect x="3.5" y="7.5" width="17" height="12" rx="2"/><path d="M9 7.5V6a1.5 1.5 0 0 1 1.5-1.5h3A1.5 1.5 0 0 1 15 6v1.5M3.5 12.5c2.6 1.3 5.4 2 8.5 2s5.9-.7 8.5-2"/>',
  blocks:
    '<rect x="4" y="4" width="6.5" height="6.5" rx="1.6"/><rect x="13.5" y="4" width="6.5" height="6.5" rx="1.6"/><rect x="4" y="13.5" width="6.5" height="6.5" rx="1.6"/><circle cx="16.75" cy="16.75" r="3.25"/>',
  back: '<path d="M8.2 5.5L4.5 9.2l3.7 3.7"/><path d="M4.5 9.2h9.3a5 5 0 0 1 0 10H9"/>',
  clock: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.2V12l3.2 2.2"/>',
  check: '<circle cx="12" cy="12" r="8.5"/><path d="M8.3 12.3l2.6 2.6 4.9-5.3"/>',
  frame:
    '<path d="M4 8.5V6a2 2 0 0 1 2-2h2.5M15.5 4H18a2 2 0 0 1 2 2v2.5M20 15.5V18a2 2 0 0 1-2 2h-2.5M8.5 20H6a2 2 0 0 1-2-2v-2.5"/><circle cx="12" cy="10" r="2.2"/><path d="M8 16.3c.5-1.9 2-3 4-3s3.5 1.1 4 3"/>',
  windows:
    '<path d="M7.5 16.5H5.2A1.7 1.7 0 0 1 3.5 14.8V6.2a1.7 1.7 0 0 1 1.7-1.7h9.6a1.7 1.7 0 0 1 1.7 1.7v1.3"/><rect x="7.5" y="9.5" width="13" height="10" rx="1.7"/><path d="M7.5 12.7h13"/>',
  link: '<path d="M10.2 7.3l1.6-1.6a4.2 4.2 0 0 1 6 6l-1.6 1.6M13.8 16.7l-1.6 1.6a4.2 4.2 0 0 1-6-6l1.6-1.6"/><path d="M5 5l14 14"/>',
  cloud:
    '<path d="M7.5 18.5a4 4 0 0 1-.6-7.95 5.5 5.5 0 0 1 10.5 1A3.5 3.5 0 0 1 17 18.5z"/><path d="M12 12v2.4M12 16.4v.1"/>',
  wrench:
    '<path d="M14.6 6.3a4.3 4.3 0 0 1 4.7-1.1l-2.6 2.6.3 2.1 2.1.3 1.2-1.2a4.3 4.3 0 0 1-5.9 4.6l-5.6 5.6a1.9 1.9 0 0 1-2.7-2.7l5.6-5.6a4.3 4.3 0 0 1 2.9-4.6z"/>',
  lock: '<rect x="5" y="10.5" width="14" height="9.5" rx="2"/><path d="M8.2 10.5V8a3.8 3.8 0 0 1 7.6 0v2.5M12 14.3v2"/>',
  search: '<circle cx="10.8" cy="10.8" r="6.3"/><path d="M15.5 15.5l5 5"/>',
  plus: '<circle cx="12" cy="12" r="8.5"/><path d="M12 8.2v7.6M8.2 12h7.6"/>',
  alert: '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5v5.3M12 16.2v.1"/>',
} as const;

export type IconName = keyof typeof shapes;

export function icon(name: IconName): Html {
  return new Html(`<svg viewBox="0 0 24 24" fill="none" aria-hidden="true">${shapes[name]}</svg>`);
}
