"""A small site with users and passwords of its own that adds WeChat. Only Python's standard library.

    PUBLIC_URL=http://127.0.0.1:4200 LOGIN_URL=http://localhost:4000 CLIENT_ID=shop API_KEY=wlk_… WEBHOOK_SECRET=whsec_… \
      python3 host.py
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import sqlite3
import time
import urllib.error
import urllib.request
from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

PUBLIC_URL = os.environ["PUBLIC_URL"]
LOGIN_URL = os.environ["LOGIN_URL"]
CLIENT_ID = os.environ["CLIENT_ID"]
API_KEY = os.environ["API_KEY"]
WEBHOOK_SECRET = os.environ.get("WEBHOOK_SECRET", "")
# Of the apps in WECHAT_APPS, the one whose openids this site uses, such as for payment.
OPENID_APP = "oa"
RETURN_TO = f"{PUBLIC_URL}/wechat/return"
SECURE = "; Secure" if PUBLIC_URL.startswith("https:") else ""

db = sqlite3.connect(os.environ.get("DATABASE", "host.sqlite"), isolation_level=None)
db.executescript(
    """
    create table if not exists users (
        id text primary key, mail text unique, name text, password text, wechat_user_id text unique, openid text
    );
    create table if not exists sessions (secret text primary key, user_id text);
    create table if not exists events (id text primary key, type text);
    """
)


class Refused(Exception):
    """The host API refused; the code says why."""


def call_login(method: str, path: str, body: dict) -> dict:
    request = urllib.request.Request(
        f"{LOGIN_URL}/api/v1{path}",
        method=method,
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {API_KEY}", "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise Refused(json.load(error)["code"]) from error


def hash_password(password: str, salt: bytes) -> str:
    derived = hashlib.scrypt(password.encode(), salt=salt, n=2**15, r=8, p=3, maxmem=64 * 2**20)
    return f"{salt.hex()}:{derived.hex()}"


def is_password(password: str, stored: str) -> bool:
    salt = bytes.fromhex(stored.split(":")[0])
    return hmac.compare_digest(hash_password(password, salt), stored)


def create_user(name: str, mail: str | None = None, password: str | None = None) -> str:
    user_id = secrets.token_hex(16)
    stored = hash_password(password, secrets.token_bytes(16)) if password else None
    db.execute("insert into users values (?, ?, ?, ?, null, null)", (user_id, mail, name, stored))
    return user_id


def user_for(person: dict) -> str:
    """The user for who came back with a ticket; a new one is told to the login service by the id here."""
    found = db.execute(
        "select id from users where id = ? or wechat_user_id = ? order by id = ? desc",
        (person["externalId"], person["userId"], person["externalId"]),
    ).fetchone()
    profile = person["profile"] or {}
    user_id = found[0] if found else create_user(profile.get("nickname") or "WeChat user")
    openid = next((one.get("openid") for one in person["bindings"] if one["app"] == OPENID_APP), None)
    db.execute("update users set wechat_user_id = null, openid = null where wechat_user_id = ?", (person["userId"],))
    db.execute("update users set wechat_user_id = ?, openid = ? where id = ?", (person["userId"], openid, user_id))
    if not found:
        call_login("PUT", f"/users/{person['userId']}/external-id", {"externalId": user_id, "replace": True})
    return user_id


def is_signed(headers, body: bytes) -> bool:
    """Standard Webhooks: the signature is over id, time and the bytes that were sent; older than five minutes is refused."""
    message_id, sent_at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not WEBHOOK_SECRET or not sent_at.isdigit() or abs(time.time() - int(sent_at)) > 300:
        return False
    key = base64.b64decode(WEBHOOK_SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)


class Host(BaseHTTPRequestHandler):
    timeout = 30

    def cookie(self, name: str) -> str:
        found = re.search(rf"(?:^|; ){name}=([\w-]+)", self.headers.get("Cookie", ""))
        return found[1] if found else ""

    def user(self):
        query = """select u.id, name, mail, wechat_user_id, openid from sessions s join users u on u.id = s.user_id
            where secret = ?"""
        return db.execute(query, (self.cookie("session"),)).fetchone()

    def respond(self, status: int, text: str = "", headers: tuple = ()) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in (*headers, ("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def redirect(self, location: str, *cookies: str) -> None:
        self.respond(303, "", (("Location", location), *(("Set-Cookie", cookie) for cookie in cookies)))

    def sign_in(self, user_id: str) -> None:
        secret = secrets.token_urlsafe(32)
        db.execute("insert into sessions values (?, ?)", (secret, user_id))
        # SameSite=Lax: no page of another site can post one of these forms for a person.
        self.redirect("/", f"session={secret}; Path=/; HttpOnly; SameSite=Lax{SECURE}")

    def go_to_login(self, location: str, nonce: str) -> None:
        """The nonce stays in this browser: a ticket that another one brings is worth nothing without it."""
        cookie = f"nonce={nonce}; Path=/wechat/return; Max-Age=900; HttpOnly; SameSite=Lax{SECURE}"
        self.redirect(location, cookie)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/":
            self.respond(200, home_page(self.user()))
        elif url.path == "/wechat/sign-in":
            nonce = secrets.token_urlsafe(24)
            query = urlencode({"client": CLIENT_ID, "return_to": RETURN_TO, "nonce": nonce})
            self.go_to_login(f"{LOGIN_URL}/login/wechat?{query}", nonce)
        elif url.path == "/wechat/return":
            ticket = parse_qs(url.query).get("ticket", [""])[0]
            try:
                person = call_login("POST", "/tickets/redeem", {"ticket": ticket, "nonce": self.cookie("nonce")})
                self.sign_in(user_for(person))
            except Refused:
                self.respond(400, "That did not work. Please try again.")
        else:
            self.respond(404, "Not found")

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), 65_536))
        form = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
        mail, password = form.get("mail", ""), form.get("password", "")
        taken = db.execute("select 1 from users where mail = ?", (mail,)).fetchone()
        if self.path == "/register" and "@" in mail and len(password) >= 12 and not taken:
            self.sign_in(create_user(mail.split("@")[0], mail, password))
        elif self.path == "/sign-in":
            found = db.execute("select id, password from users where mail = ?", (mail,)).fetchone()
            if found and is_password(password, found[1]):
                self.sign_in(found[0])
            else:
                self.respond(401, "Mail address or password is wrong.")
        elif self.path == "/sign-out":
            db.execute("delete from sessions where secret = ?", (self.cookie("session"),))
            self.redirect("/", "session=; Path=/; Max-Age=0")
        elif self.path == "/wechat/connect" and self.user():
            user_id, name, own_mail, *_ = self.user()
            nonce = secrets.token_urlsafe(24)
            link = {"externalId": user_id, "label": own_mail or name, "returnTo": RETURN_TO, "nonce": nonce}
            self.go_to_login(call_login("POST", "/bind-links", link)["url"], nonce)
        elif self.path == "/webhook":
            self.receive_event(body)
        else:
            self.respond(400, "That did not work. Please try again.")

    def receive_event(self, body: bytes) -> None:
        if not is_signed(self.headers, body):
            self.respond(401)
            return
        event = json.loads(body)
        new = db.execute("insert or ignore into events values (?, ?)", (self.headers["webhook-id"], event["type"]))
        # Webhooks come at least once. The person was erased there: what came from WeChat goes here, too.
        if new.rowcount > 0 and event["type"] == "user.erased":
            gone = (event["data"]["userId"],)
            db.execute("update users set wechat_user_id = null, openid = null where wechat_user_id = ?", gone)
        self.respond(204)

    def log_message(self, *_) -> None:
        """The address of a request may hold a ticket."""


def home_page(user) -> str:
    events = ", ".join(kind for (kind,) in db.execute("select type from events order by rowid")) or "none"
    received = f"<p>Events: {escape(events)}</p>"
    if user is None:
        fields = '<input name="mail" type="email"> <input name="password" type="password">'
        forms = "".join(
            f'<form method="post" action="{action}">{fields} <button>{label}</button></form>'
            for action, label in (("/register", "Register"), ("/sign-in", "Sign in"))
        )
        return f'{forms}<p><a href="/wechat/sign-in">Sign in with WeChat</a></p>{received}'
    user_id, name, _, wechat_user_id, openid = user
    shown = f" Your openid: <code>{escape(openid)}</code>" if openid else ""
    connect = '<form method="post" action="/wechat/connect"><button>Connect WeChat</button></form>'
    state = "<p>WeChat is connected.</p>" if wechat_user_id else connect
    leave = '<form method="post" action="/sign-out"><button>Sign out</button></form>'
    return f"<p>You are <b>{escape(name)}</b>, user <code>{user_id}</code>.{shown}</p>{state}{leave}{received}"


if __name__ == "__main__":
    port = int(os.environ.get("PORT") or urlsplit(PUBLIC_URL).port or 4200)
    print(f"Open {PUBLIC_URL}", flush=True)
    HTTPServer(("127.0.0.1", port), Host).serve_forever()
