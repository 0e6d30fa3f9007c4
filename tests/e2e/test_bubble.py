#!/usr/bin/python3
"""The bubble on a screen: keeld, keel-notify, dunst under Xvfb, a session bus
of its own.  EK_PICTURES=FOLDER keeps pictures of the screen there (ImageMagick
takes them)."""
import os
import signal
import subprocess

import dbus

from desk import Desk  # it finds the next two
import keeld
from keeld import LIMIT

DUNSTRC = """[global]
    timeout = 0
    idle_threshold = 0
    follow = none
    font = Sans 12
    dmenu = {menu}
    mouse_left_click = do_action
[urgency_normal]
    timeout = 0
"""


class Bubble(Desk):
    @classmethod
    def setUpClass(cls):
        read, write = os.pipe()
        cls.xvfb = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x300x24",
             "-nolisten", "tcp"], pass_fds=[write],
            stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as file:
            cls.display = ":" + file.readline().strip()

    @classmethod
    def tearDownClass(cls):
        cls.xvfb.terminate()
        cls.xvfb.wait(LIMIT)

    def desktop(self):
        self.env["DISPLAY"] = self.display
        self.menu = os.path.join(self.top, "menu")
        self.pick = os.path.join(self.top, "pick")
        with open(self.menu, "w") as file:
            file.write(f"#!/bin/sh\nexec grep -F -m1 -f {self.pick}\n")
        os.chmod(self.menu, 0o700)
        with open(os.path.join(self.top, "dunstrc"), "w") as file:
            file.write(DUNSTRC.format(menu=self.menu))
        self.server()

    def server(self):
        self.dunst = self.run_on(
            ["dunst", "-conf", os.path.join(self.top, "dunstrc")])
        self.until(lambda: self.ctl("is-paused") != "")

    def ctl(self, *args):
        return subprocess.run(["dunstctl", *args], env=self.env, text=True,
                              stdout=subprocess.PIPE, timeout=LIMIT,
                              stderr=subprocess.DEVNULL, check=False).stdout

    def shown(self):
        return self.ctl("count", "displayed").strip()

    def up(self):
        self.until(lambda: self.shown() == "1")

    def down(self):
        self.until(lambda: self.shown() == "0")

    def press(self, label):
        with open(self.pick, "w") as file:
            file.write(label + "\n")
        self.ctl("context")

    def picture(self, name):
        folder = os.environ.get("EK_PICTURES")
        if folder:
            subprocess.run(["import", "-window", "root",
                            os.path.join(folder, name + ".png")],
                           env=self.env, check=True, timeout=LIMIT)

    # --- what is seen ---

    def test_words(self):
        self.assertEqual(self.helpers(), [])
        self.due()
        self.up()
        self.picture("bubble")
        self.assertEqual(self.states(), ["shown"])
        helper, = self.helpers()
        with open(f"/proc/{helper}/cmdline", "rb") as file:
            self.assertEqual(file.read().count(b"\0"), 1)
        self.k.checkin()
        self.down()
        self.until(lambda: not self.helpers())
        history = self.ctl("history")
        self.assertIn("A short question is waiting", history)
        for word in ("pulse", "mood", "skipping", "work"):
            self.assertNotIn(word, history)

    def click(self):
        subprocess.run(["xdotool", "mousemove", "620", "85", "click", "1"],
                       env=self.env, check=True, timeout=LIMIT)

    def test_click_opens_the_check_in(self):
        """The browser outlives the helper and keeld, and holds nothing of
        theirs."""
        self.due()
        self.up()
        self.click()
        told = self.browser()
        self.down()
        self.follow(told)
        self.assertTrue(told["leads"])
        self.assertEqual(told["fds"],
                         ["/dev/null"] * 3 + [self.told + ".new"])
        for name in told["env"]:
            self.assertFalse(name.startswith(("EVENKEEL", "NOTIFY_")), name)
        self.until(lambda: not self.helpers())
        self.k.kill()
        self.assertTrue(self.runs(told["pid"]))

    def test_check_in(self):
        self.due()
        self.up()
        self.press("Check in")
        self.follow(self.browser())
        self.assertEqual(self.states(), ["shown"])
        self.down()

    def without_browser(self):
        """keeld and its helper find none; the test's own commands are there."""
        os.unlink(os.path.join(self.top, "browser"))
        self.k.more = dict(self.env, PATH=self.top)
        self.k.restart()

    def test_no_browser(self):
        self.without_browser()
        self.due()
        self.up()
        first = self.noted()
        self.press("Check in")
        self.until(lambda: self.noted() not in (first, "0"))
        self.picture("type")
        self.k.checkin()
        self.down()
        self.assertIn("keel checkin", self.ctl("history"))

    def manager(self, code):
        """A user manager's stand-in."""
        name = "org.freedesktop.systemd1"
        iface = name + ".Manager"
        manager = self.mock(name, "/org/freedesktop/systemd1", iface)
        manager.AddProperty(iface, "Environment", dbus.Array(
            ["WAYLAND_DISPLAY=wayland-9"], signature="s"))
        manager.AddMethod(iface, "StartTransientUnit", "ssa(sv)a(sa(sv))",
                          "o", code)
        return manager

    def test_user_manager_starts_the_browser(self):
        """In a unit of its own, for keeld's has limits no browser lives by."""
        manager = self.manager("ret = '/job/1'")
        self.due()
        self.up()
        self.click()
        self.until(lambda: manager.GetMethodCalls("StartTransientUnit"))
        (_, args), = manager.GetMethodCalls("StartTransientUnit")
        self.assertRegex(args[0], r"^app-evenkeel-[0-9a-f]{16}\.service$")
        asked = {str(name): value for name, value in args[2]}
        (path, argv, _), = asked["ExecStart"]
        self.assertEqual(path, os.path.join(self.top, "browser"))
        self.follow({"argv": [str(word) for word in argv[1:]]})
        self.assertEqual(asked["StandardOutput"], "null")
        self.assertEqual(asked["LogLevelMax"], 5)  # no line of its start
        self.assertEqual(asked["Description"], "Evenkeel")
        # only what the manager lacks
        self.assertEqual(list(asked["Environment"]),
                         ["DISPLAY=" + self.display])
        self.until(lambda: not self.helpers())
        self.assertFalse(os.path.exists(self.told))

    def test_user_manager_that_refuses(self):
        self.manager("raise dbus.exceptions.DBusException('no')")
        self.due()
        self.up()
        self.click()
        self.follow(self.browser())

    def test_snooze(self):
        self.due()
        self.up()
        self.press("In 30 minutes")
        self.until(lambda: self.states() == ["shown", "snoozed"])
        self.down()
        self.until(lambda: not self.helpers())
        self.due("17:00")
        self.up()

    def test_not_today(self):
        self.due()
        self.up()
        self.press("Not today")
        self.until(lambda: self.states() == ["shown", "skipped"])
        self.down()

    def test_closed_then_nudged_once(self):
        self.due()
        self.up()
        self.ctl("close")
        self.until(lambda: not self.helpers())
        self.due("18:30")
        self.up()
        self.ctl("close")
        self.until(lambda: not self.helpers())
        self.due("20:45")
        self.k.get("/v1/today")
        self.assertEqual(self.helpers(), [])
        self.assertEqual(self.states(), ["shown"])

    # --- the sample ---

    def sample(self):
        return self.k.post("/v1/bubble/sample")

    def test_sample(self):
        """As the first run shows it: `keel start` itself, without a book."""
        home = os.path.join(self.top, "h")
        other = keeld.Keeld(home=home, env=self.env)
        self.addCleanup(other.close)
        other.start()
        said = subprocess.run(
            [os.path.join(keeld.BIN, "keel"), "--home", home, "start",
             "--answers", "-", "--key", "file"], env=self.env, text=True,
            input="sign=skipping lunch\nhelps=tea\n", timeout=LIMIT,
            stdout=subprocess.PIPE, check=True).stdout
        self.assertIn("A sample is on the screen now.", said)
        self.up()
        self.picture("sample")
        self.assertEqual(
            [r for r in other.records() if r["kind"] == "slot"], [])
        self.ctl("close")
        history = self.ctl("history")
        self.assertIn("Nothing is asked now", history)
        for word in ("skipping", "tea", "pulse"):
            self.assertNotIn(word, history)

    def test_sample_held(self):
        self.ctl("set-paused", "true")
        answer = self.sample()
        self.assertEqual((answer["state"], answer["reason"]), ("held", "dnd"))
        self.assertEqual(self.ctl("count", "waiting").strip(), "0")
        self.ctl("set-paused", "false")
        self.assertEqual(self.sample()["state"], "shown")
        self.up()
        self.due()  # the question, in its place
        self.until(lambda: self.states() == ["shown"])
        self.until(lambda: len(self.helpers()) == 1)
        self.up()

    def test_sample_without_server(self):
        self.dunst.terminate()
        self.dunst.wait(LIMIT)
        self.assertEqual(self.sample()["state"], "none")
        self.bus.kill()
        self.assertEqual(self.sample()["state"], "none")

    # --- what holds it ---

    def test_do_not_disturb(self):
        self.ctl("set-paused", "true")
        self.held_then_free(lambda: self.ctl("set-paused", "false"))

    def test_no_server(self):
        self.dunst.terminate()
        self.dunst.wait(LIMIT)
        self.held_then_free(self.server)

    def held(self):
        """The helper runs, and nothing comes up for many round trips on its
        own bus; unheld, a bubble is up after one or two."""
        self.due()
        self.until(self.helpers)
        for _ in range(20):
            self.assertEqual(self.states(), [])
            self.ctl("is-paused")

    def held_then_free(self, lift):
        self.held()
        lift()
        self.up()
        self.assertEqual(self.states(), ["shown"])

    def screensaver(self, name):
        saver = self.mock(name, "/" + name.replace(".", "/"), name)
        saver.AddMethod(name, "GetActive", "", "b", "ret = True")

        def lift():
            saver.AddMethod(name, "GetActive", "", "b", "ret = False")
            saver.EmitSignal(name, "ActiveChanged", "b", [False])
        self.held_then_free(lift)

    def test_screensaver(self):
        self.screensaver("org.freedesktop.ScreenSaver")

    def test_gnome_screensaver(self):
        self.screensaver("org.gnome.ScreenSaver")

    def logind(self, hint):
        iface = "org.freedesktop.login1.Session"
        login = self.mock("org.freedesktop.login1",
                          "/org/freedesktop/login1/session/auto", iface)
        login.AddProperty(iface, hint, True)
        self.held_then_free(
            lambda: login.UpdateProperties(iface, {hint: False}))

    def test_locked_session(self):
        self.logind("LockedHint")

    def test_idle_session(self):
        self.logind("IdleHint")

    def test_idle(self):
        name = "org.gnome.Mutter.IdleMonitor"
        mutter = self.mock(name, "/org/gnome/Mutter/IdleMonitor/Core", name)
        mutter.AddMethod(name, "GetIdletime", "", "t", "ret = 600000")
        mutter.AddMethod(name, "AddUserActiveWatch", "", "u", "ret = 5")

        def back():
            mutter.AddMethod(name, "GetIdletime", "", "t", "ret = 0")
            mutter.EmitSignal(name, "WatchFired", "u", [dbus.UInt32(5)])
        self.held_then_free(back)
        self.assertEqual(len(mutter.GetMethodCalls("AddUserActiveWatch")), 1)

    def test_server_without_buttons(self):
        self.dunst.terminate()
        self.dunst.wait(LIMIT)
        server = self.mock(
            "org.freedesktop.Notifications", "/org/freedesktop/Notifications",
            None, "--template", "notification_daemon", "-p",
            '{"capabilities": "body body-markup"}')
        self.due()
        self.until(lambda: server.GetMethodCalls("Notify"))
        call = server.GetMethodCalls("Notify")[0][1]
        self.assertIn("keel checkin", call[4])
        self.assertEqual(list(call[5]), [])
        self.assertEqual(call[0], "Evenkeel")

    def test_kde_inhibited(self):
        self.dunst.terminate()
        self.dunst.wait(LIMIT)
        name = "org.freedesktop.Notifications"
        server = self.mock(
            name, "/org/freedesktop/Notifications", None, "--template",
            "notification_daemon", "-p", '{"capabilities": "body actions"}')
        server.AddProperty(name, "Inhibited", True)
        self.held()
        self.assertEqual(server.GetMethodCalls("Notify"), [])
        server.UpdateProperties(name, {"Inhibited": False})
        self.until(lambda: server.GetMethodCalls("Notify"))
        self.assertIn("skip", list(server.GetMethodCalls("Notify")[0][1][5]))

    # --- what goes wrong ---

    def test_killed_helper_leaves_no_dead_bubble(self):
        self.due()
        self.up()
        self.until(lambda: self.noted() != "0")
        helper, = self.helpers()
        os.kill(helper, signal.SIGKILL)
        self.down()  # by the next one, at once
        self.until(lambda: not self.helpers())
        self.assertEqual(self.states(), ["shown"])

    def test_keeld_that_is_killed_takes_its_bubble_along(self):
        self.due()
        self.up()
        self.k.kill()
        self.down()

    def test_restarted_server(self):
        self.due()
        self.up()
        self.dunst.kill()
        self.dunst.wait(LIMIT)
        self.server()
        self.up()
        self.assertEqual(self.states(), ["shown"])

    def test_killed_bus(self):
        self.due()
        self.up()
        self.bus.kill()
        self.until(lambda: not self.helpers())
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 1)
        self.assertEqual(self.states(), ["shown"])


if __name__ == "__main__":
    keeld.main()
