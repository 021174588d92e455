#!/usr/bin/env python3
"""Opens a page in a real, headless Chromium and looks at it: browser.py PAGE PICTURES

Prints one JSON object: what was measured of the page at the width of a phone and of a desk, in light and dark, with every
<details> open, and a picture of each in the directory PICTURES. Over pipes, so nothing listens and nothing is installed."""
import base64
import json
import os
import subprocess
import sys
import tempfile

VIEWS = [("phone", 360, 780, True), ("desk", 1280, 900, False)]
SCHEMES = ["light", "dark"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe"]

MEASURE = """(() => {
    document.querySelectorAll('details').forEach(each => { each.open = true });
    const wide = [...document.querySelectorAll('body *')].filter(each => {
        const box = each.getBoundingClientRect();
        return box.width > 0 && (box.right > innerWidth + 0.5 || box.left < -0.5) && !each.closest('.track');
    });
    const colors = name => getComputedStyle(document.querySelector(name));
    return {
        width: document.documentElement.scrollWidth,
        wide: wide.map(each => each.tagName + '.' + each.className).slice(0, 5),
        scripts: document.scripts.length,
        outside: document.querySelectorAll('[src], [href], link, iframe, object, embed, img').length,
        background: colors('body').backgroundColor,
        ink: colors('body').color,
        text: document.body.innerText,
        title: document.title,
    };
})()"""


class Browser:
    def __init__(self, profile):
        to_read, self.to = os.pipe()
        self.back, from_write = os.pipe()

        def connect():
            # Chromium reads descriptor 3 and writes 4; moved out of the way first, for they may be each other's.
            high = [os.dup2(to_read, 100), os.dup2(from_write, 101)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(["chromium", *FLAGS, "--user-data-dir=" + profile, "about:blank"],
                                        close_fds=False, preexec_fn=connect, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.buffer, self.next, self.session, self.events = b"", 0, None, []

    def message(self):
        while b"\0" not in self.buffer:
            data = os.read(self.back, 1 << 20)
            if not data:
                raise SystemExit("chromium ended before the answer")
            self.buffer += data
        line, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(line)

    def call(self, method, **params):
        self.next += 1
        request = {"id": self.next, "method": method, "params": params}
        if self.session:
            request["sessionId"] = self.session
        os.write(self.to, json.dumps(request).encode() + b"\0")
        while True:
            message = self.message()
            if message.get("id") == self.next:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())


def look(browser, page, pictures):
    target = browser.call("Target.createTarget", url="about:blank")["targetId"]
    browser.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    for domain in ("Page", "Runtime", "Log", "Network"):
        browser.call(domain + ".enable")
    browser.events.clear()
    browser.call("Page.navigate", url="file://" + page)
    browser.wait("Page.loadEventFired")
    views = {}
    for scheme in SCHEMES:
        browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        for name, width, height, mobile in VIEWS:
            browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                         deviceScaleFactor=2 if mobile else 1, mobile=mobile)
            views[f"{name}-{scheme}"] = dict(
                browser.call("Runtime.evaluate", expression=MEASURE, returnByValue=True)["result"]["value"], wanted=width)
            picture = browser.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
            with open(os.path.join(pictures, f"{name}-{scheme}.png"), "wb") as file:
                file.write(base64.b64decode(picture["data"]))
    return {
        "views": views,
        "requests": [event["params"]["request"]["url"] for event in browser.events
                     if event.get("method") == "Network.requestWillBeSent"],
        "complaints": [event["params"] for event in browser.events
                       if event.get("method") in ("Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown")],
        "dom": browser.call("Runtime.evaluate", expression="document.documentElement.outerHTML",
                            returnByValue=True)["result"]["value"],
    }


def main():
    page, pictures = os.path.abspath(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            result = look(browser, page, pictures)
        finally:
            browser.process.kill()
            browser.process.wait()
    json.dump(result, sys.stdout)


main()
