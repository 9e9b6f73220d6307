/** Tables and event kinds that a later version renamed: their name then, and their name today. */
export const renamed: Record<string, string> = {
  sign_in_trips: "authorization_requests",
  profile_trip: "profile_redirect",
  replayed: "callback_repeated",
};
