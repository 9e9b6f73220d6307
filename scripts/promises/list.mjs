/**
 * The promises of this system by section, in ascending order. The title of a test names the ones that it proves by
 * their numbers. A number never gets another meaning; a new promise takes the next free number.
 */
export const sections = [
  {
    name: "Signing in",
    promises: {
      1: "A callback counts only in the browser, and for the app, that its `state` was issued to; any other callback signs no one in, and WeChat is not called.",
      2: "A `state` works once: using it again never causes a second code exchange.",
      3: "A `state` expires after ten minutes at most, even if the server restarts meanwhile.",
      4: "A `state` has at least 128 random bits, consists of letters and digits, is short enough for WeChat and carries no information.",
      5: "A code that WeChat calls used or invalid leads to a failure page, one recorded failure and no session.",
      6: "However often and however simultaneously WeChat's browser repeats a callback, there is one exchange, one user and one binding, and the browser is signed in.",
      7: "Two tabs can sign in at the same time and finish in either order, without cookies piling up.",
      8: "A person who declines at WeChat gets a friendly page with a way to try again, and WeChat is not called.",
      9: "Signing in over an existing session replaces it: the old session ends, and two people are never merged.",
      10: "Adding WeChat to an account finishes only in the session that began it, and never takes an identity away from another person.",
      11: "The callback acts only when it is opened as a page; every other method has no effect.",
      12: "Malformed, missing, repeated or overlong callback parameters get a 4xx page, and WeChat is sent nothing but the one encoded code.",
      13: "The security document states that WeChat has neither PKCE nor a nonce, what a stolen code could do, and what limits it.",
    },
  },
  {
    name: "Return addresses, hosts and proxies",
    promises: {
      14: "After signing in, the browser goes to a path of our own origin or to an exactly configured one; any disguised address is replaced by the default page.",
      15: "A malformed return address breaks neither the sign-in nor a response header.",
      16: "Every absolute URL in an answer is built from the settings, never from the headers of a request.",
      17: "Forwarding headers count only when they come from a proxy that the settings name.",
      18: "Code and `state` leave the address bar at once and reach no third party through a referrer, a cache or page content.",
    },
  },
  {
    name: "Sessions and cookies",
    promises: {
      19: "Only the server issues session ids: a planted id is never accepted and never becomes signed in.",
      20: "Signing in, a change of role and a change of password each issue a new session id and end the old session.",
      21: "Cookies that sign in are bound to the host, hidden from scripts, Secure under https, SameSite and small, and are removed with the attributes they were set with.",
      22: "Session ids have at least 128 random bits, are stored only as hashes, and each works only for its own purpose.",
      23: "After signing out, a copied cookie stops working at once and for good.",
      24: "Signing out everywhere ends every session of that person and of no other.",
      25: "The server ends idle and old sessions itself; activity never extends the absolute limit, and expired rows are deleted.",
      26: "A session id appears only in its cookie: never in a URL, body, page, browser storage or log.",
      27: "Blocking or deleting a person ends their sessions by the next request.",
      28: "Malformed or ambiguous cookies and Authorization headers mean an anonymous caller: never a 5xx, never a guess.",
      29: "Signing out takes a deliberate act on our own pages; a foreign link, image or form cannot do it.",
      30: "Sessions survive a restart and an upgrade.",
    },
  },
  {
    name: "Cross-site requests, tRPC and HTTP",
    promises: {
      31: "A request that another site can send without a CORS preflight changes nothing.",
      32: "A change that comes from a foreign origin is refused, including the operators' sign-in and any stream; anti-forgery values are renewed at sign-in.",
      33: "GET changes nothing, apart from starting and finishing a sign-in, and no parameter or header turns it into another method.",
      34: "No origin outside the configured list gets a CORS permission.",
      35: "A batch holds at most ten calls, and each is authorized and rate-limited as if it were sent alone.",
      36: "Input of a wrong type, shape or depth gets a 4xx and never a 5xx; keys such as `__proto__` have no effect.",
      37: "A body over the limit gets a 413 before it is parsed, and headers over the limit get a 431.",
      38: "A request with ambiguous HTTP framing is refused.",
      39: "Access checks belong to the procedure, so that no other spelling of its path gets around them.",
    },
  },
  {
    name: "Operators",
    promises: {
      40: "A fresh installation has no operator; the first one is created once, by someone with access to the machine.",
      41: "Guessing an operator's password is throttled by account and by source, without ever locking the real operator out for good.",
      42: "Neither the answer nor its timing reveals whether an operator of that name exists.",
      43: "Operators' passwords are salted, hashed slowly and compared in full; common ones and unreasonable lengths are refused.",
      44: "Each console procedure refuses anonymous callers, signed-in people and operators of too low a role, on the server.",
      45: "The acting operator and their role come from the session and never from the input.",
      46: "Neither a guessed nor a known id shows or changes what belongs to another person.",
      47: "Disabling an operator or lowering their role takes effect at their next request.",
      48: "A change of password requires the current one and ends the operator's other sessions.",
      49: "The console receives no token, secret, session id or hash, and can neither search nor sort by one.",
      50: "Each change and each export by an operator is in the audit log: who, what, target, time, source and result.",
      51: "There is always at least one active owner.",
    },
  },
  {
    name: "Pages, headers, exports and files",
    promises: {
      52: "Text from outside is shown as text: it runs no script, and neither its length nor its characters break a page.",
      53: "Every page has a content security policy that forbids inline and evaluated scripts, plug-ins and a foreign base address.",
      54: "No page can be shown in a frame.",
      55: "Every answer has the security headers and no version; a public https site sends HSTS for a year.",
      56: "Personal data is stored in no cache, and signing out clears what the browser keeps.",
      57: "No cell of an export can act as a formula, and quoting follows RFC 4180.",
      58: "Avatars are shown only from listed hosts over https, and the server never fetches an address from a profile.",
      59: "Only the built files of the console are served, and a missing file is a 404.",
      60: "Builds and published packages contain no secret, no test code and no source map.",
    },
  },
  {
    name: "Lists and logs",
    promises: {
      61: "Values for search, filter, sort and paging are treated as data only; altered or foreign cursors are refused.",
      62: "The size of a list page is limited, and no search slows sign-ins.",
      63: "One event is one line of valid JSON, in which outside text is escaped and truncated.",
    },
  },
  {
    name: "Secrets",
    promises: {
      64: "The AppSecret appears in no log, error, page, answer or row, whatever WeChat answers.",
      65: "Codes, states, tokens, session ids and passwords are in no log.",
      66: "Tokens are encrypted at rest, each with its own nonce and bound to its row; a damaged one counts as absent.",
      67: "Keys can be rotated while everyone stays signed in, even if the rotation is interrupted.",
      68: "An error gives the client a fixed text and a request id, and no internal detail.",
      69: "Each security event is logged once, with UTC time and request id; a log that cannot be written stops nothing.",
      70: "WeChat is called over verified TLS only, and production cannot switch the verification off.",
      71: "Public health reports only whether the service works; metrics and debug pages are not public.",
    },
  },
  {
    name: "Who a person is",
    promises: {
      72: "A person's identity comes only from our own exchange with WeChat; what a client claims is ignored, and contradictory answers are refused.",
      73: "A person is an exact openid in one app; the same openid in another app is another person.",
      74: "Apps of one group share a person only by a real unionid; a late unionid completes the same person, and a conflict moves nothing silently.",
      75: "There is no user without an openid from WeChat, and a later failure never empties an id or a profile.",
      76: "A snapshot user is neither stored nor bound, and is shown how to continue.",
      77: "A nickname identifies no one, and many people may share it.",
      78: "Thirty simultaneous first sign-ins of one person make one user and one binding, also through two apps of a group.",
      79: "Simulated and test sign-ins are impossible in production unless switched on by name, and then there is a warning.",
    },
  },
  {
    name: "When WeChat fails",
    promises: {
      80: "Every WeChat failure leads to a failure page, one redacted failure record and no half-made user, and the next sign-in works.",
      81: "Each call to WeChat has a deadline and a size limit, and follows no redirect.",
      82: "A good answer is accepted despite a wrong content type or numbers sent as text; only its fields decide.",
      83: "A call is retried at most once and only where that is safe; a lost answer leaves no half-made user.",
      84: "A hanging WeChat slows nothing else, and sign-ins recover by themselves.",
    },
  },
  {
    name: "When the database or the process fails",
    promises: {
      85: "A locked database may delay or refuse sign-ins but never loses or doubles one; health stays quick, and files do not grow without bound.",
      86: "A full, read-only or damaged database causes a clear refusal: nothing is confirmed that was not stored, and no empty database replaces it.",
      87: "After a kill during a thousand sign-ins, the server is ready again quickly with every confirmed sign-in, intact, and none doubled.",
      88: "A sign-in that began before a restart finishes after it.",
      89: "A jump of the clock revives nothing expired and causes no storm of requests.",
      90: "On SIGTERM the server reports it is not ready, finishes the requests in flight, and exits with code 0 in time.",
      91: "No request and no background failure ends the process.",
      92: "Upgrades keep all data, even if several instances start at once or a migration is interrupted.",
      93: "The documented backup, taken under load, restores to an intact database with every sign-in confirmed before it.",
      94: "Without PostgreSQL the answer is a quick 503, recovery is automatic, and cut connections double no user.",
    },
  },
  {
    name: "Several instances on one PostgreSQL",
    promises: {
      95: "An expired token is fetched once for all instances, and the newest one wins even over a writer that was suspended.",
      96: "Two instances behave as one: either finishes a sign-in, sign-outs and demotions reach both within a second, and limits are shared.",
    },
  },
  {
    name: "Limits and load",
    promises: {
      97: "Anonymous traffic makes no stored data grow without bound, and the server deletes what has expired.",
      98: "Slow and idle clients are disconnected and slow no other client.",
      99: "Memory and open files stay flat under a steady load of sign-ins.",
      100: "A flood from one source gets 429 and affects neither WeChat nor other people; password hashing never starves sign-ins.",
      101: "With a million people and millions of log rows the console stays quick, exports use flat memory, and sign-ins are not slowed.",
    },
  },
  {
    name: "Settings and dependencies",
    promises: {
      102: "Missing, weak or impossible settings stop the start, naming the setting and never its value.",
      103: "Dependency versions are locked, and no dependency has a known vulnerability.",
    },
  },
  {
    name: "Hand-off, host applications, events and the second factor",
    promises: {
      104: "Signing in through a phone gives the session only to the browser that showed the QR code, once, in time, after the phone confirmed the right number.",
      105: "A bind link and a return ticket each work once, in time, and only for their own host; a bind link needs the person's consent.",
      106: "API keys are shown once, stored as hashes, limited in scope and revoked at once; a host procedure without a key answers 401.",
      107: "An event that is unsigned, too old or repeated changes nothing, and XML entities are never resolved.",
      108: "A one-time code of the second factor works once, as does a recovery code, and no way to sign in skips it.",
      109: "A return ticket is redeemed once, within 60 s, by the client it was made for and with that client's nonce, whatever a browser saw.",
      110: "A host's key does what its scopes say and nothing else; openid and unionid need a scope of their own; its networks are kept, and a revoked key is refused at once everywhere.",
      111: "The global token and JS-SDK signatures need their scopes, a signature is made only for a URL of the client's origins, and every hand-out is counted.",
      112: "Every change writes its event in the same transaction: none is lost or invented, also after kill -9, and the feed has no gaps and one order.",
      113: "A webhook is signed over the bytes sent, goes to the address that was checked, follows no redirect, reaches private networks only where configured, and its secret appears nowhere.",
      114: "A receiver that is slow, down, endless or hostile slows no sign-in and loses no event; it is disabled after three days, with a notice.",
      115: "An Idempotency-Key makes one thing once for 24 hours, is refused with another body, answers 409 while the first request is under way, and shows no secret twice.",
    },
  },
  {
    name: "People, their data and the audit log",
    promises: {
      116: "A merge needs an operator and a reason, keeps both ids resolvable, and can be undone for 30 days without losing what happened since.",
      117: "A unionid that comes late joins only what WeChat's own answers join; who would meet another user becomes a conflict.",
      118: "Account pages, API and console never tell one person's openid, unionid or bindings to another.",
      119: "No list of the console, however broad, makes a sign-in or the health check wait; one that takes over 5 s is cut off with a clear answer.",
      120: "An operator's act and its audit entry are written together; once sealed, an entry that was removed or altered shows, and erasing a person and retention break no seal.",
      122: "Erasing a person needs the typed word, ends their sessions at once, and leaves nothing by which they are found.",
      123: "Metrics carry no openid, nickname or address as a label, and their number of series is bounded.",
      133: "Importing people, or new openids for old ones, joins only what the file names, refuses what would meet another person, can be tried without a change, goes on after a stop, and is in the audit log.",
    },
  },
  {
    name: "Shared transactions",
    promises: {
      134: "Requests that share a transaction share nothing else: one that fails is undone and answered alone, and none is answered before the commit.",
    },
  },
];

export const promises = sections.flatMap(({ name, promises: ofSection }) =>
  Object.entries(ofSection).map(([number, promise]) => ({ number: Number(number), promise, section: name })),
);
