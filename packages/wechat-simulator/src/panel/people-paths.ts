/** Where everybody stands, and whither forms about people return. */
export const PEOPLE_PATH = "/people";

/** Asks before `?person=<id>` is deleted. */
export const DELETE_PERSON_PATH = "/people/delete";
