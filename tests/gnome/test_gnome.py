#!/usr/bin/python3
"""The bubble on GNOME Shell: shown, clicked, put off, held and lost, with the
real shell, its real server of notifications, a real pointer of its compositor.
EK_PICTURES=FOLDER keeps pictures of the screen there."""
import os
import signal
import subprocess
import unittest

import shell  # it finds the next one
import keeld
from keeld import LIMIT

WORDS = {"title": "A short question is waiting",
         "body": "Whenever it suits you.", "app": "Evenkeel",
         "buttons": ["Check in", "In 30 minutes", "Not today"],
         "transient": False, "urgency": 1}


class Bubble(shell.Shell):
    # --- what is seen ---

    def test_words(self):
        self.due()
        self.assertEqual(self.up(), WORDS)
        self.assertEqual(self.icon(), "evenkeel")
        self.picture("gnome-banner")
        self.assertEqual(self.states(), ["shown"])
        self.k.checkin()
        self.down()
        self.until(lambda: not self.helpers())

    def test_plain_click(self):
        """No button is to be seen before a bubble is pointed at."""
        self.due()
        self.up()
        self.assertFalse(self.state()["expanded"])
        self.click(*self.place(WORDS["title"]))
        self.follow(self.browser())
        self.down()
        self.until(lambda: not self.helpers())
        self.assertEqual(self.states(), ["shown"])

    def test_check_in(self):
        self.due()
        self.up()
        self.point()
        self.place("Not today")
        self.picture("gnome-buttons")
        self.press("Check in")
        self.follow(self.browser())
        self.down()

    def test_in_30_minutes(self):
        self.due()
        self.up()
        self.press("In 30 minutes")
        self.until(lambda: self.states() == ["shown", "snoozed"])
        self.down()
        self.until(lambda: not self.helpers())
        self.due("17:00")
        self.up()
        self.assertEqual(self.states(), ["shown", "snoozed", "shown"])

    def test_not_today(self):
        self.due()
        self.up()
        self.press("Not today")
        self.until(lambda: self.states() == ["shown", "skipped"])
        self.down()

    def in_the_list(self):
        self.eval("Main.panel.statusArea.dateMenu.menu.open(false)")
        return self.place(WORDS["title"], "global.stage")

    def test_click_in_the_list(self):
        """A banner goes by itself, and stays in the list under the clock."""
        self.due()
        self.up()
        self.fade()
        self.assertEqual(self.state()["all"], [WORDS])
        place = self.in_the_list()
        self.picture("gnome-list")
        self.click(*place)
        self.follow(self.browser())
        self.down()

    def test_nudge(self):
        self.due()
        self.up()
        self.eval("Main.messageTray._notification.destroy()")
        self.until(lambda: not self.helpers())
        self.due("18:30")
        self.assertEqual(self.up(), WORDS)
        self.eval("Main.messageTray._notification.destroy()")
        self.until(lambda: not self.helpers())
        self.due("20:40")
        self.assertEqual(self.states(), ["shown"])
        self.assertEqual(self.helpers(), [])

    def test_nudge_of_what_went_into_the_list(self):
        self.due()
        self.up()
        self.fade()
        self.due("18:30")
        self.up()
        self.assertEqual(self.state()["all"], [WORDS])
        self.fade()
        self.due("20:40")
        self.assertEqual(self.states(), ["shown"])
        self.assertIsNone(self.state()["banner"])
        self.assertEqual(self.state()["all"], [WORDS])

    def test_sample(self):
        answer = self.k.post("/v1/bubble/sample")
        self.assertEqual(answer["state"], "shown")
        banner = self.up()
        self.assertEqual((banner["title"], banner["buttons"]),
                         (WORDS["title"], []))
        self.picture("gnome-sample")
        self.k.pass_time(minutes=2)
        self.down()

    # --- what holds it ---

    def held(self):
        """The helper runs, and nothing comes up for many round trips."""
        self.due()
        self.until(self.helpers)
        for _ in range(20):
            self.assertEqual(self.states(), [])
            self.assertEqual(self.state()["all"], [])

    def free(self):
        self.up()
        self.assertEqual(self.state()["all"], [WORDS])
        self.assertEqual(self.states(), ["shown"])

    def banners(self, on):
        subprocess.run(["gsettings", "set", "org.gnome.desktop.notifications",
                        "show-banners", on], env=self.env, check=True,
                       timeout=LIMIT)

    def test_do_not_disturb(self):
        self.banners("false")
        self.held()
        answer = self.k.post("/v1/bubble/sample")
        self.assertEqual(answer["reason"], "dnd")
        self.banners("true")
        self.free()

    def test_screen_locked(self):
        name = "org.gnome.ScreenSaver"
        saver = self.mock(name, "/org/gnome/ScreenSaver", name)
        saver.AddMethod(name, "GetActive", "", "b", "ret = True")
        self.held()
        saver.AddMethod(name, "GetActive", "", "b", "ret = False")
        saver.EmitSignal(name, "ActiveChanged", "b", [False])
        self.free()

    def test_session_locked(self):
        name = "org.freedesktop.login1"
        iface = name + ".Session"
        login = self.mock(name, "/org/freedesktop/login1/session/auto", iface)
        login.AddProperty(iface, "LockedHint", True)
        self.held()
        login.UpdateProperties(iface, {"LockedHint": False})
        self.free()

    @unittest.skipIf(os.environ.get("EK_KIND") == "release",
                     "release programs wait for five minutes")
    def test_idle(self):
        """By the compositor's own count; a moved pointer is enough."""
        path = os.path.join(self.top, "helper")
        with open(path, "w") as file:
            file.write("#!/bin/sh\nEVENKEEL_TEST_IDLE_MS=500 exec "
                       + os.path.join(keeld.BIN, "keel-notify") + "\n")
        os.chmod(path, 0o700)
        self.k.more = dict(self.env, EVENKEEL_TEST_NOTIFY=path)
        self.k.restart()
        self.until(lambda: self.idle_ms() > 500)
        self.held()
        self.move(300, 300)
        self.free()

    def idle_ms(self):
        monitor = self.bus_here.get_object("org.gnome.Mutter.IdleMonitor",
                                           "/org/gnome/Mutter/IdleMonitor/Core")
        return monitor.GetIdletime(
            dbus_interface="org.gnome.Mutter.IdleMonitor")

    # --- what goes wrong ---

    def test_killed_helper_leaves_no_dead_bubble(self):
        self.due()
        self.up()
        self.until(lambda: self.noted() != "0")
        helper, = self.helpers()
        os.kill(helper, signal.SIGKILL)
        self.down()
        self.until(lambda: not self.helpers())
        self.assertEqual(self.states(), ["shown"])

    def test_keeld_that_is_killed_takes_its_bubble_along(self):
        self.due()
        self.up()
        self.k.kill()
        self.down()

    def test_shell_that_is_started_anew(self):
        """Its server of notifications ends with it; shown once more."""
        self.due()
        self.up()
        self.end_shell()
        self.start_shell()  # its banner may have gone by again meanwhile
        self.until(lambda: self.state()["all"] == [WORDS])
        self.assertEqual(self.states(), ["shown"])
        self.fade()
        self.click(*self.in_the_list())  # not a dead one
        self.follow(self.browser())

    def test_killed_bus(self):
        self.due()
        self.up()
        self.bus.kill()
        self.until(lambda: not self.helpers())
        self.assertEqual(len(self.k.get("/v1/today")["open"]), 1)
        self.assertEqual(self.states(), ["shown"])


class NotInstalled(shell.Shell):
    """From the built tree: no launcher, no icon."""

    installed = False

    def test_words(self):
        self.due()
        self.assertEqual(self.up(), WORDS)
        self.assertEqual(self.icon(), "dialog-information")
        self.picture("gnome-not-installed")
        self.click(*self.place(WORDS["title"]))
        self.follow(self.browser())


if __name__ == "__main__":
    keeld.main()
