/**
 * What the numbers at the start of a test's title mean: every promise this system makes, in the order of its
 * numbers, by section. A number never gets another meaning; a new promise takes the next one.
 */
export const sections = [
  {
    name: "Signing in",
    promises: {
      1: "A callback counts only in the browser, and for the app, that its `state` was made for; any other signs nobody in and WeChat is not asked.",
      2: "A `state` is spent by its first use: coming again never leads to a second code exchange.",
      3: "A `state` dies of age after ten minutes at most, whether or not the server was restarted meanwhile.",
      4: "A `state` is at least 128 bits of chance, in letters and digits, short enough for WeChat, and says nothing.",
      5: "A code that WeChat calls used or invalid ends on a failure page, with one entry among the failures and no session.",
      6: "However often and however simultaneously WeChat's browser repeats a callback, there is one exchange, one user, one binding, and the browser ends signed in.",
      7: "Two tabs can sign in side by side and finish in either order, without cookies piling up.",
      8: "Who declines at WeChat gets a friendly page to try again; WeChat is not asked.",
      9: "Signing in over an existing session replaces it: the old one is dead, and two people never become one.",
      10: "Adding WeChat to an account ends in the session that began it, and never takes an identity away from somebody else.",
      11: "Only opening the callback as a page does anything; other methods do nothing.",
      12: "Odd, missing, doubled or endless callback parameters are a 4xx page, and nothing of them but one encoded code ever travels to WeChat.",
      13: "The security document says that WeChat has neither PKCE nor a nonce, what a stolen code could do, and what limits it.",
    },
  },
  {
    name: "Return addresses, hosts and proxies",
    promises: {
      14: "After signing in, a browser lands on our own origin or one that was configured to the letter; any disguise of another leads to the default page.",
      15: "A broken return address breaks neither the sign-in nor a header.",
      16: "Every absolute address that we give out is built from the settings, never from what a request says about its host.",
      17: "Forwarding headers count only when a proxy that was named in the settings sent them.",
      18: "Code and `state` leave the address bar at once and reach no third party by referrer, cache or page content.",
    },
  },
  {
    name: "Sessions and cookies",
    promises: {
      19: "Only the server picks session ids: one that was planted is never accepted and never becomes signed in.",
      20: "Signing in, changing role and changing password each give a new id and kill the old one.",
      21: "Cookies that sign in are bound to the host, hidden from scripts, Secure under https, SameSite and small, and are removed as they were set.",
      22: "Ids are at least 128 bits of chance, kept only as hashes, and each opens only what it was made for.",
      23: "A cookie that was copied before the sign-out is dead right after it, for good.",
      24: "Signing out everywhere ends every session of that person and of nobody else.",
      25: "The server ends idle and old sessions by itself; staying active never stretches the absolute limit, and dead rows go.",
      26: "A session id appears nowhere but in its cookie: in no address, body, page, browser storage or log.",
      27: "Blocking or deleting a person ends their sessions by the next request.",
      28: "Cookies and Authorization headers that are garbage or ambiguous mean nobody: no error of ours, no guess.",
      29: "Only a deliberate act on our own pages signs out; a foreign link, image or form cannot.",
      30: "Sessions outlive a restart and an upgrade.",
    },
  },
  {
    name: "Requests from elsewhere",
    promises: {
      31: "No request that another site may send without asking first changes anything.",
      32: "A change that comes from a foreign origin is refused, also at the operators' sign-in and on any stream; what guards against forgery is renewed at sign-in.",
      33: "GET changes nothing, apart from beginning and finishing a sign-in, and no parameter or header turns it into another method.",
      34: "No origin outside the configured list gets a CORS permission.",
      35: "A batch has ten calls at most, each allowed and limited as if it had come alone.",
      36: "Input of any wrong kind, shape or depth is a 4xx and never an error of ours; keys such as `__proto__` do nothing.",
      37: "Too large a body is a 413 before anybody reads it, too large a head a 431.",
      38: "A request whose framing can be read in two ways is refused.",
      39: "What guards a procedure hangs on the procedure, so that no other spelling of its path gets around it.",
    },
  },
  {
    name: "Operators",
    promises: {
      40: "A fresh installation lets no operator in; the first one is made once, by whoever holds the machine.",
      41: "Guessing an operator's password is slowed down by account and by source, without ever locking the real operator out for good.",
      42: "Neither words nor time tell whether a name is an operator's.",
      43: "Operators' passwords are salted and hashed slowly, compared whole, of sensible length and not common ones.",
      44: "Each console procedure turns away strangers, signed-in people and roles that are too low, on the server.",
      45: "Who acts, and in what role, is read from the session and never from the input.",
      46: "No guessed or known id shows or changes what belongs to somebody else.",
      47: "Removing or lowering an operator works from that operator's next request on.",
      48: "A new password needs the current one and ends the operator's other sessions.",
      49: "No token, secret, session id or hash reaches the console, nor can one be searched or sorted by.",
      50: "Each change and each export by an operator is in the audit log, with who, what, whom, when, from where and how it ended.",
      51: "There is always at least one active owner.",
    },
  },
  {
    name: "Pages, headers, exports and files",
    promises: {
      52: "Text from outside is shown as text: it runs no script and cannot break a page by its length or strangeness.",
      53: "All pages carry a policy that forbids inline and evaluated script, plug-ins and a foreign base address.",
      54: "No page can be put into a frame.",
      55: "All answers carry the protecting headers and no version; public https sites ask for https for a year.",
      56: "What is about a person is stored in no cache, and signing out clears what the browser keeps.",
      57: "No cell of an export can act as a formula, and the quoting is that of RFC 4180.",
      58: "Avatars come only from listed hosts over https, and the server does not fetch an address that a profile names.",
      59: "Only the built files of the console are served, and a missing one is a 404.",
      60: "What is built and published holds no secret, no test code and no source map.",
    },
  },
  {
    name: "Lists and logs",
    promises: {
      61: "What is searched, filtered, sorted and paged by is only ever data; cursors that were altered or taken from elsewhere are refused.",
      62: "A page of a list has an upper size, and no search slows the sign-ins.",
      63: "One event is one line of valid JSON, in which outside text is escaped and cut.",
    },
  },
  {
    name: "Secrets",
    promises: {
      64: "The AppSecret shows up in no log, error, page, answer or row, whatever WeChat answers.",
      65: "Codes, states, tokens, session ids and passwords are in no log.",
      66: "Tokens rest encrypted, each under a nonce of its own and tied to its row; a damaged one counts as absent.",
      67: "Keys can be changed with everybody staying signed in, also when the change was interrupted.",
      68: "An error tells the client a fixed text and a request number, and nothing of what is inside.",
      69: "Each event that matters for security is logged once, with UTC time and request number; a log that cannot be written stops nothing.",
      70: "WeChat is spoken to over verified TLS only, and production cannot switch that off.",
      71: "Public health tells only whether it works; metrics and debugging are not public.",
    },
  },
  {
    name: "Who a person is",
    promises: {
      72: "Who somebody is comes only from our own exchange with WeChat; what a client claims is ignored, and answers that contradict each other are refused.",
      73: "A person is an exact openid in one app; the same text in another app is somebody else.",
      74: "Apps of one group share a person by a real unionid only; one that comes late completes the person, and a conflict moves nothing silently.",
      75: "No user without an openid from WeChat, and no later failure that empties an id or a profile.",
      76: "A snapshot visitor is neither stored nor bound, and learns how to go on.",
      77: "A nickname is nobody's identity, and many may share it.",
      78: "Thirty first sign-ins of one person at once make one user and one binding, also through two apps of a group.",
      79: "Simulated and test sign-ins do not exist in production unless allowed by name, and then with a warning.",
    },
  },
  {
    name: "When WeChat fails",
    promises: {
      80: "However WeChat fails, it is a page, one clean entry among the failures, no half user, and the next sign-in works.",
      81: "Each call to WeChat has a deadline and a size limit, and follows no redirect.",
      82: "A good answer is taken even under a wrong content type or with numbers as text; only its fields decide.",
      83: "A call is repeated at most once and only where that is safe; a lost answer leaves no half user.",
      84: "A WeChat that hangs slows nothing else, and sign-ins resume by themselves.",
    },
  },
  {
    name: "When the database or the process fails",
    promises: {
      85: "A locked database may delay or refuse sign-ins, but loses and doubles none, keeps health quick, and files do not grow without end.",
      86: "A full, read-only or damaged database is refused clearly: nothing is confirmed that was not kept, and no new empty one takes its place.",
      87: "Killed amid a thousand sign-ins, it comes back quickly with all that it confirmed, whole, and nothing twice.",
      88: "A sign-in that was begun before a restart is finished after it.",
      89: "A clock that jumps brings nothing expired back and starts no storm.",
      90: "Asked to stop, it says so to the load balancer, finishes what is running, and ends in time with exit code 0.",
      91: "No request and no failure in the background ends the process.",
      92: "Upgrades keep all data, also when several instances start at once or a migration was interrupted.",
      93: "The documented backup, taken under load, comes back sound and with every sign-in from before it.",
      94: "Without PostgreSQL the answer is a quick 503, it recovers by itself, and cut connections double nobody.",
    },
  },
  {
    name: "Several instances on one PostgreSQL",
    promises: {
      95: "A token that expires is fetched once for all instances, and the newest one wins even over a writer that was frozen.",
      96: "Two instances behave as one: either finishes a sign-in, sign-outs and demotions reach both within a second, limits are shared.",
    },
  },
  {
    name: "Limits and load",
    promises: {
      97: "No traffic of strangers makes anything that is kept grow without end, and the server itself deletes what is too old.",
      98: "Slow and idle clients are cut off and slow nobody down.",
      99: "Memory and open files stay flat under a steady load of sign-ins.",
      100: "A flood from one source gets 429 and reaches neither WeChat nor other people; hashing passwords never starves sign-ins.",
      101: "With a million people and millions of log rows the console stays quick, exports flow in flat memory, and sign-ins do not notice.",
    },
  },
  {
    name: "Settings and dependencies",
    promises: {
      102: "Missing, weak or impossible settings stop the start, by the setting's name and never its value.",
      103: "Versions are locked, and no dependency has a known hole.",
    },
  },
  {
    name: "Hand-off, host applications, events and the second factor",
    promises: {
      104: "Signing in through a phone gives the session only to the browser that showed the code, once, in time, and after the phone confirmed the right number.",
      105: "A bind link and a return ticket each work once, in time, and for the host they were made for; the link only after the person agreed.",
      106: "API keys are seen once, kept as hashes, limited in scope and revoked at once; without one a host procedure answers 401.",
      107: "An event that is unsigned, old or repeated changes nothing, and XML entities are never resolved.",
      108: "A one-time code of the second factor works once, recovery codes too, and no way in leaves it out.",
    },
  },
];

export const promises = sections.flatMap(({ name, promises: ofSection }) =>
  Object.entries(ofSection).map(([number, promise]) => ({ number: Number(number), promise, section: name })),
);
