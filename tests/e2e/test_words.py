#!/usr/bin/python3
"""Every English sentence that the page can say is read at grade 7 or below, by
Flesch and Kincaid's measure as npm's text-readability takes it.

Two ways in: the literals of the source, here (the page's own words in web*.c;
reasons, which pages show as they stand, in daemon/keeld and core), and what is
seen on every state, put together, in test_states.py.  As Flesch counted them, a
semicolon and a colon end a sentence.  A label of fewer than five words is no
sentence: its words have at most four syllables.

What reads harder is listed in words.except, each with a reason, and so are the
files whose reasons no page shows; a line there that nothing needs fails.
"""
import glob
import unittest

import words  # which finds keeld
import keeld


class Words(unittest.TestCase):
    def test_every_message(self):
        found = list(words.from_source())
        self.assertGreater(len(found), 200)
        bad, unneeded = words.judge(found, False)
        self.assertEqual(bad, [], "\n" + "\n".join(bad))
        self.assertEqual(unneeded, set())

    def test_files_left_out_are_there(self):
        for part in words.exceptions():
            if part[0] == "@":
                self.assertNotEqual(
                    glob.glob(part[1:], root_dir=keeld.ROOT), [], part)

    def test_finds_hard_words(self):
        easy = ["Saved.", "The book is locked; open it first.", "Check in"]
        self.assertEqual(list(words.hard(easy)), [])
        for text in ("Notwithstanding the aforementioned considerations, "
                     "continuation necessitates authentication.",
                     "Your organisation's confidentiality obligations remain "
                     "applicable; consult the responsible administrator.",
                     "Institutionalisation"):
            self.assertEqual(len(list(words.hard([text]))), 1, text)

    def test_finds_what_is_said(self):
        """The frame's and a form's words are among the sentences."""
        found = {line for _, line in words.from_source()}
        for text in ("Skip to the content", "A hard day", "Today"):
            self.assertIn(text, found)


if __name__ == "__main__":
    keeld.main()
