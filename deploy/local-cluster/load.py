#!/usr/bin/env python3
"""Eight clients at work for a bounded time, for ./faults. Standard library alone.

  load.py prepare URL PASSWORD FOLDER      signs in, and makes a tenant; its token goes to FOLDER/token
  load.py run URL FOLDER NAME SECONDS      works until FOLDER/stop is there, and no longer; counts every answer, and writes FOLDER/NAME.json, with the ids of what was acknowledged
  load.py check FOLDER NAME                reads from standard input the ids that the database has, and adds to NAME.json how many acknowledged ones are not there
  load.py table FOLDER NAME...             prints the lines of the table in docs/scaling.md

A client asks once: nothing is tried again here, so that whatever fails is counted.
"""
import http.client
import json
import os
import sys
import threading
import time
import urllib.parse
import uuid

CLIENTS = 8
LONGEST = 30  # seconds that a client waits for an answer


class Client:
    def __init__(self, url, token=None):
        self.address = urllib.parse.urlsplit(url)
        self.token = token
        self.connection = None

    def ask(self, method, path, body=None, headers=None, raw=None):
        """Status, or in a word what went wrong; and the answer."""
        headers = dict(headers or {})
        if self.token:
            headers["Authorization"] = "Bearer " + self.token
        if body is not None:
            raw, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=LONGEST)
            self.connection.request(method, path, raw, headers)
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.getheader("Connection", "").lower() == "close":
                self.close()
            return answer.status, json.loads(text) if text.startswith((b"{", b"[")) else text
        except TimeoutError:
            self.close()
            return "no answer in time", None
        except (OSError, http.client.HTTPException):
            self.close()
            return "cut off", None

    def close(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def prepare(url, password, folder):
    os.makedirs(folder, exist_ok=True)
    client = Client(url)

    def must(method, path, body=None, headers=None):
        status, answer = client.ask(method, path, body, headers)
        if not isinstance(status, int) or status >= 300:
            sys.exit(f"{method} {path}: {status} {answer}")
        return answer

    slug = "load" + uuid.uuid4().hex[:10]
    signed_in = must("POST", "/api/v1/auth/login", {"email": "admin@platform.example", "password": password}, {"X-Tenant": "platform"})
    client.token = signed_in["access_token"]
    must("POST", "/api/v1/tenants", {"name": slug, "slug": slug, "subscription_tier": "premium", "admin": {"email": f"admin@{slug}.example", "first_name": "Grace"}})
    client.token = None
    mail = must("GET", f"/dev/mailbox?recipient=admin@{slug}.example")["items"][0]["body"]
    token = mail.split("token=")[1].split("\n")[0].strip()
    must("POST", "/api/v1/auth/accept-invitation", {"token": token, "password": "correct horse battery", "first_name": "Grace"})
    signed_in = must("POST", "/api/v1/auth/login", {"email": f"admin@{slug}.example", "password": "correct horse battery"}, {"X-Tenant": slug})
    with open(os.path.join(folder, "token"), "w", encoding="ascii") as file:
        file.write(signed_in["access_token"])


class Work:
    """What all clients together have seen."""

    def __init__(self, seconds, stop):
        self.stop = stop
        self.began = time.monotonic()
        self.until = self.began + seconds
        self.lock = threading.Lock()
        self.answers, self.failures, self.slowest = {}, [], 0.0
        self.users, self.mails, self.files, self.missed = [], [], [], 0

    def note(self, kind, status, began):
        with self.lock:
            taken = time.monotonic() - began
            self.slowest = max(self.slowest, taken)
            key = f"{kind} {status}"
            self.answers[key] = self.answers.get(key, 0) + 1
            if not isinstance(status, int) or status >= 400:
                self.failures.append((round(began - self.began, 2), round(began + taken - self.began, 2), kind, str(status)))

    def client(self, url, token, number):
        one = Client(url, token)
        turn = 0
        while time.monotonic() < self.until and not os.path.exists(self.stop):
            turn += 1
            self.turn(one, number, turn)
            time.sleep(0.02)
        one.close()

    def turn(self, one, number, turn):
        name = uuid.uuid4().hex
        # Every other change has a key, by which the balancer may send it once more.
        key = {"Idempotency-Key": name} if turn % 2 == 0 else {}
        began = time.monotonic()
        if turn % 4 == 0:
            status, answer = one.ask("POST", "/api/v1/users", {"email": f"{name}@example.com"}, key)
            self.note("change", status, began)
            if status == 201:
                self.users.append(answer["id"])
                began = time.monotonic()
                status, answer = one.ask("GET", f"/api/v1/users?email={name}%40example.com")
                self.note("list", status, began)
                if status == 200 and not answer["items"]:
                    with self.lock:
                        self.missed += 1
        elif turn % 4 == 1:
            status, answer = one.ask("POST", "/api/v1/notifications/email", {"recipient": f"{name}@example.com", "subject": "Load", "body": "Load"}, key)
            self.note("change", status, began)
            if status == 202:
                self.mails.append(answer["id"])
        elif turn % 4 == 2 and number == 0:
            headers = {"Content-Disposition": f'attachment; filename="{name}.txt"', "Content-Type": "text/plain"}
            status, answer = one.ask("POST", "/api/v1/files/upload", headers=headers | key, raw=name.encode())
            self.note("upload", status, began)
            if status == 201:
                self.files.append(answer["id"])
        else:
            status, _ = one.ask("GET", "/api/v1/auth/me" if turn % 4 == 3 else "/api/v1/notifications/history?limit=5")
            self.note("read" if turn % 4 == 3 else "list", status, began)


def run(url, folder, name, seconds):
    with open(os.path.join(folder, "token"), encoding="ascii") as file:
        token = file.read()
    work = Work(float(seconds), os.path.join(folder, "stop"))
    clients = [threading.Thread(target=work.client, args=(url, token, number)) for number in range(CLIENTS)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    with open(os.path.join(folder, name + ".json"), "w", encoding="ascii") as file:
        json.dump({"answers": work.answers, "failures": work.failures, "slowest": round(work.slowest, 2), "missed": work.missed,
                   "acknowledged": {"users": work.users, "notification_logs": work.mails, "files": work.files}}, file)


def check(folder, name):
    path = os.path.join(folder, name + ".json")
    with open(path, encoding="ascii") as file:
        result = json.load(file)
    there = set(sys.stdin.read().split())
    acknowledged = [one for ids in result["acknowledged"].values() for one in ids]
    result["acknowledged_count"] = len(acknowledged)
    result["lost"] = sum(one not in there for one in acknowledged)
    with open(path, "w", encoding="ascii") as file:
        json.dump(result, file)


def table(folder, names):
    for name in names:
        with open(os.path.join(folder, name + ".json"), encoding="ascii") as file:
            result = json.load(file)
        with open(os.path.join(folder, name + ".title"), encoding="utf-8") as file:
            title = file.read().strip()
        total = sum(result["answers"].values())
        kinds = {}
        for key, count in result["answers"].items():
            kind, status = key.split(" ", 1)
            if not status.isdigit() or int(status) >= 400:
                kinds[f"{kind}: {status}"] = kinds.get(f"{kind}: {status}", 0) + count
        failed = ", ".join(f"{count} × {kind}" for kind, count in sorted(kinds.items())) or "none"
        times = result["failures"]
        lasted = f"{max(end for _, end, _, _ in times) - min(begin for begin, _, _, _ in times):.1f} s" if times else "–"
        print(f"| {title} | {total} | {failed} | {lasted} | {result['slowest']:.1f} s | {result['lost']} of {result['acknowledged_count']} | {result['missed']} |")


if __name__ == "__main__":
    try:
        {"prepare": prepare, "run": run, "check": check, "table": lambda folder, *names: table(folder, names)}[sys.argv[1]](*sys.argv[2:])
    except (IndexError, KeyError, TypeError):
        sys.exit(__doc__)
